import { stem } from './stem.ts'

/**
 * Converts texts and queries to lexemes. PostgreSQL parses neither: its parser keeps paths, hosts and versions whole,
 * finds no words in scripts without spaces, and depends on the locale of the database.
 */

export interface Word {
  readonly text: string
  readonly lexeme: string
}

/** A maximal sequence of letters and digits, all of scripts with spaces or all of scripts without. */
export interface Run {
  readonly text: string
  /** Lexeme of a run of one word, '' if folding leaves nothing; undefined for other runs. Avoids the array `parts`. */
  readonly lexeme?: string
  /** Lexemes at consecutive positions: the word, the words of `camelCase`, or pairs of characters. */
  readonly parts: readonly string[]
  /** Lexeme of the whole run if it has several words. */
  readonly whole?: string
  /** Words that a typo can be corrected to, with their lexemes. */
  readonly words: readonly Word[]
  readonly isSpaceless: boolean
  /** The word list that has collected these words. Saves a lookup per word, an eighth of a load. */
  collectedBy: object | undefined
}

/** Korean has spaces, but particles stick to its words. */
const spaceless =
  '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}\u3099\u309a\u30fc\uff70\uff9e\uff9f]'
/** Soft hyphens and joiners are inside of words. */
const letter = '[\\p{L}\\p{M}\\p{N}\u00ad\u200c\u200d]'
const runs = new RegExp(`${spaceless}+|(?:(?!${spaceless})${letter})+`, 'gu')
const isSpaceless = new RegExp(`^${spaceless}`, 'u')
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is that of ASCII.
const ascii = /^[\x00-\x7f]*$/
/** By character code. */
const alphanumeric = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9]/.test(String.fromCharCode(code)) ? 1 : 0,
)

/** `HTTPServer2` has three words. */
const wordsInRun = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[^\p{Lu}\p{N}]+|\p{N}+/gu
/** A run with more is an identifier without words, such as a hash. */
const maxWordsInRun = 6
const maxLexemeLength = 60

/** Cache of analyses by text, because words repeat. */
const analyses = new Map<string, Run>()
let keptWeight = 0
/** Unit: one short word, about 130 bytes. */
const maxWeight = 100_000
/** Longer runs rarely repeat. */
const maxKeptLength = 100

/** @param visit receives each run and its offset in the text */
export function eachRun(text: string, visit: (run: Run, start: number) => void): void {
  if (ascii.test(text)) eachAsciiRun(text, visit)
  else for (const { 0: run, index } of text.matchAll(runs)) visit(runOf(run), index)
}

/** Fast path: a match of a regular expression is an array. */
function eachAsciiRun(text: string, visit: (run: Run, start: number) => void): void {
  let start = -1
  for (let at = 0; at <= text.length; at++) {
    // Past the end the code is not a number.
    if (alphanumeric[text.charCodeAt(at)] === 1) {
      if (start === -1) start = at
    } else if (start !== -1) {
      visit(runOf(text.slice(start, at)), start)
      start = -1
    }
  }
}

export function runsOf(text: string): Run[] {
  const found: Run[] = []
  eachRun(text, (run) => found.push(run))
  return found
}

/** A load reads tens of thousands of these, and cache misses dominate its CPU time: keep them small, without arrays. */
class OneWord implements Run {
  readonly text: string
  readonly lexeme: string
  readonly correctable: string | undefined
  collectedBy: object | undefined

  constructor(text: string, lexeme: string, correctable: string | undefined) {
    this.text = text
    this.lexeme = lexeme
    this.correctable = correctable
    this.collectedBy = undefined
  }

  get parts(): readonly string[] {
    return this.lexeme === '' ? [] : [this.lexeme]
  }

  get words(): readonly Word[] {
    return this.correctable === undefined ? [] : [{ text: this.correctable, lexeme: this.lexeme }]
  }

  get isSpaceless(): boolean {
    return false
  }
}

function runOf(text: string): Run {
  if (text.length > maxKeptLength) return analyse(text)
  const known = analyses.get(text)
  if (known !== undefined) return known
  const run = analyse(copyOf(text))
  const weight = weightOf(run)
  if (keptWeight + weight > maxWeight) {
    analyses.clear()
    keptWeight = 0
  }
  analyses.set(run.text, run)
  keptWeight += weight
  return run
}

/** The cache is bounded by memory and not by entries, because callers choose the entries. */
const weightOf = ({ text, lexeme, parts }: Run): number =>
  1 + Math.floor(text.length / 16) + (lexeme === undefined ? 2 * parts.length : 0)

/** In V8 a substring of this length retains its whole parent; a shorter one is a copy. */
const retainingLength = 13

function copyOf(text: string): string {
  if (text.length < retainingLength) return text
  return ascii.test(text) ? Buffer.from(text, 'latin1').toString('latin1') : Buffer.from(text).toString()
}

function analyse(text: string): Run {
  // A fast path for most words.
  if (/^[a-z]+$/.test(text)) return oneWord(text, text, true)
  if (isSpaceless.test(text)) {
    const parts = pairsOf(fold(text))
    return { text, parts, words: [], isSpaceless: true, collectedBy: undefined }
  }
  const folded = fold(text)
  const words = text.length > maxLexemeLength ? [] : (text.normalize('NFC').match(wordsInRun) ?? []).map(fold)
  if (words.length < 2 || words.length > maxWordsInRun) return oneWord(text, folded)
  const whole = oneWord(text, folded)
  const parts = words.map((word) => oneWord(text, word))
  return {
    text,
    parts: parts.flatMap((part) => part.parts),
    ...(whole.lexeme === '' ? {} : { whole: whole.lexeme }),
    words: [whole, ...parts].flatMap((part) => part.words),
    isSpaceless: false,
    collectedBy: undefined,
  }
}

/** Hexadecimal numbers and words with digits are never offered as corrections. */
function oneWord(text: string, folded: string, isPlain = false): OneWord {
  const stemmed = stem(folded)
    .slice(0, maxLexemeLength)
    .replace(/[\ud800-\udbff]$/, '')
  // One character can fold to eighteen.
  const lexeme = folded.length > maxLexemeLength ? copyOf(stemmed) : stemmed
  const isCorrectable =
    folded.length >= 4 &&
    folded.length <= 40 &&
    (isPlain || (!/\p{N}/u.test(folded) && !/^[0-9a-f]*\d[0-9a-f]*$/i.test(text)))
  return new OneWord(text, lexeme, isCorrectable ? folded : undefined)
}

/** Characters with their combining marks, in overlapping pairs; the last one alone. */
function pairsOf(text: string): string[] {
  const characters = text.match(/\P{M}\p{M}*/gu) ?? []
  return characters.map((character, index) => character + (characters[index + 1] ?? ''))
}

/** Letters without a decomposition. */
const letters = new Map(Object.entries({ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ł: 'l', ı: 'i', ς: 'σ' }))

/** Removes case, accents, width and composition; the same in every locale. */
function fold(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]|[^\p{L}\p{M}\p{N}]/gu, '')
    .replace(/[ßæœøđłıς]/g, (each) => letters.get(each) ?? each) // cspell:disable-line -- prose-ok: letters
    .normalize('NFC')
}
