import { stem } from './stem.ts'

/**
 * The one way in which texts and queries become lexemes. PostgreSQL parses neither: its parser keeps paths, hosts and
 * versions whole, finds no words in scripts without spaces, and depends on the locale of the database.
 */

export interface Word {
  readonly text: string
  readonly lexeme: string
}

/** Letters and digits without a character between them, all of a script with spaces or all of one without. */
export interface Run {
  readonly text: string
  /** Lexemes at consecutive positions: the word, the words of `camelCase`, or pairs of characters. */
  readonly parts: readonly string[]
  /** Lexeme of the whole run if it has several words. */
  readonly whole?: string
  /** Words that a typo can be corrected to, with their lexemes. */
  readonly words: readonly Word[]
  readonly isSpaceless: boolean
  /** The word list that has collected these words: a lookup of every word would take an eighth of a load. */
  collectedBy: object | undefined
}

/** Korean has spaces, but particles stick to its words. */
const spaceless =
  '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}\u3099\u309a\u30fc\uff70\uff9e\uff9f]'
/** Soft hyphens and joiners are inside of words. */
const letter = '[\\p{L}\\p{M}\\p{N}\u00ad\u200c\u200d]'
const runs = new RegExp(`${spaceless}+|(?:(?!${spaceless})${letter})+`, 'gu')
const asciiRuns = /[A-Za-z0-9]+/g
const isSpaceless = new RegExp(`^${spaceless}`, 'u')
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is that of ASCII.
const ascii = /^[\x00-\x7f]*$/

/** `HTTPServer2` has three words. */
const wordsInRun = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[^\p{Lu}\p{N}]+|\p{N}+/gu
/** A run with more is an identifier without words, such as a hash. */
const maxWordsInRun = 6
const maxLexemeLength = 60

/** Analyses are kept, because words repeat. */
const analyses = new Map<string, Run>()
const maxAnalyses = 40_000

/** @param visit receives each run and its offset in the text */
export function eachRun(text: string, visit: (run: Run, start: number) => void): void {
  const pattern = ascii.test(text) ? asciiRuns : runs
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text))
    visit(runOf(match[0]), match.index)
}

export function runsOf(text: string): Run[] {
  const found: Run[] = []
  eachRun(text, (run) => found.push(run))
  return found
}

function runOf(text: string): Run {
  let run = analyses.get(text)
  if (run === undefined) {
    if (analyses.size >= maxAnalyses) analyses.clear()
    run = analyse(copyOf(text))
    analyses.set(run.text, run)
  }
  return run
}

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
    ...(whole.parts[0] === undefined ? {} : { whole: whole.parts[0] }),
    words: [whole, ...parts].flatMap((part) => part.words),
    isSpaceless: false,
    collectedBy: undefined,
  }
}

/** A hexadecimal number and a word with digits are not corrected to. */
function oneWord(text: string, folded: string, isPlain = false): Run {
  const lexeme = stem(folded)
    .slice(0, maxLexemeLength)
    .replace(/[\ud800-\udbff]$/, '')
  const isCorrectable =
    folded.length >= 4 &&
    folded.length <= 40 &&
    (isPlain || (!/\p{N}/u.test(folded) && !/^[0-9a-f]*\d[0-9a-f]*$/i.test(text)))
  return {
    text,
    parts: lexeme === '' ? [] : [lexeme],
    words: isCorrectable ? [{ text: folded, lexeme }] : [],
    isSpaceless: false,
    collectedBy: undefined,
  }
}

/** Characters with their combining marks, in overlapping pairs; the last one alone. */
function pairsOf(text: string): string[] {
  const characters = text.match(/\P{M}\p{M}*/gu) ?? []
  return characters.map((character, index) => character + (characters[index + 1] ?? ''))
}

/** Letters without a decomposition. */
const letters = new Map(Object.entries({ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ł: 'l', ı: 'i', ς: 'σ' }))

/** Case, accents, width and composition removed, the same in every locale. */
function fold(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]|[^\p{L}\p{M}\p{N}]/gu, '')
    .replace(/[ßæœøđłıς]/g, (each) => letters.get(each) ?? each) // cspell:disable-line -- prose-ok: letters
    .normalize('NFC')
}
