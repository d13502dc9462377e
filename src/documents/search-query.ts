import { eachRun, type Run } from './terms.ts'

/** Distinct lexemes of a query that are used: bounds the cost of matching, ranking and snippets. */
export const maxLexemes = 32
/** Lexemes used of an overlong run without spaces; leaves room for the words after it. */
const maxCutParts = 17

/** One word of a query, for searches that need not match all of them. */
export interface QueryTerm {
  readonly run: Run
  /** A tsquery without positions. */
  readonly node: string
  readonly lexemes: readonly string[]
}

/** A query as tsqueries. */
export interface SearchQuery {
  /** The condition on a document. */
  readonly match: string
  /** The part of `match` that an index answers alone: no positions, no exclusions. */
  readonly indexed: string
  /** The words in this order; empty for one word. */
  readonly phrase: string
  readonly excluded: string
  readonly terms: readonly QueryTerm[]
  readonly lexemes: ReadonlySet<string>
  /** Whether it has several words and was written with words like "how" and "the". */
  readonly isSentence: boolean
  /** Whether words beyond the limit were left out. */
  readonly isCut: boolean
}

/** English words without a subject: searched only in phrases, or if a query has no others. */
const stopWords = new Set(
  (
    'i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its ' + // prose-ok: data
    'itself they them their theirs themselves what which who whom this that these those am is are was were be been being ' +
    'have has had having do does did doing a an the and but if or because as until while of at by for with about against ' +
    'between into through during before after above below to from up down in out on off over under again further then ' +
    'once here there when where why how all any both each few more most other some such no nor not only own same so than ' +
    'too very s t can will just don should now several many much please ' +
    // cspell:disable-next-line -- prose-ok: halves of contractions
    'm re ve ll ain aren couldn didn doesn hadn hasn haven isn mightn mustn needn shan shouldn wasn weren won wouldn'
  ).split(' '),
)

interface Clause {
  readonly kind: 'word' | 'phrase' | 'excluded' | 'or'
  readonly runs: readonly Run[]
}

/** `-` excludes a word or a phrase; before a digit it is a sign, and `--name` and `-n` are options. */
const clauses =
  /(?<!\S)(?<sign>-(?=["\p{L}\p{M}])(?![A-Za-z](?!\S)))?(?:"(?<phrase>[^"]*)"?|(?<word>\S+))|(?<rest>[^\s"]+)|"/gu

/** Undefined if nothing is searched for. */
export function parseQuery(input: string): SearchQuery | undefined {
  const { parsed, isCut } = readClauses(input)
  const required = parsed.filter(({ kind }) => kind === 'word' || kind === 'phrase')
  const isStop = (run: Run) => stopWords.has(run.text.toLowerCase())
  const hasOnlyStops = required.every(({ kind, runs }) => kind === 'word' && runs.every(isStop))
  const significant = ({ kind, runs }: Clause) =>
    kind === 'phrase' || hasOnlyStops ? runs : runs.filter((run) => !isStop(run))
  const isSentencePart = ({ kind, runs }: Clause) => kind === 'word' && !hasOnlyStops && runs.every(isStop)
  const excluded = parsed.filter(({ kind }) => kind === 'excluded').map(({ runs }) => sequenceOf(runs))

  const alternatives: Clause[][] = [[]]
  for (const clause of parsed) {
    if (clause.kind === 'or') alternatives.push([])
    else if (clause.kind !== 'excluded' && significant(clause).length > 0) alternatives.at(-1)?.push(clause)
  }
  const used = alternatives.filter((each) => each.length > 0)
  if (used.length === 0) return undefined
  const combine = (nodeOf: (clause: Clause) => string) =>
    used.map((each) => `(${each.map(nodeOf).join(' & ')})`).join(' | ')
  const all = used.flat()
  const terms = new Map(all.flatMap(significant).flatMap(termsOf))
  const lexemes = new Set([...terms.values()].flatMap((term) => term.lexemes))
  const match = combine((clause) => matchOf(clause, significant(clause)))
  return {
    match: excluded.length === 0 ? match : `(${match}) & !(${excluded.join(' | ')})`,
    indexed: combine((clause) => significant(clause).map(anyOf).join(' & ')),
    phrase: used.length === 1 ? phraseOf(required, isStop) : '',
    excluded: excluded.join(' | '),
    // Only the first terms are searched one by one, and a word is more specific than a pair of characters.
    terms: [...terms.values()].sort((a, b) => Number(a.run.isSpaceless) - Number(b.run.isSpaceless)),
    lexemes,
    isSentence: terms.size > 1 && required.some(isSentencePart),
    isCut,
  }
}

function readClauses(input: string): { parsed: Clause[]; isCut: boolean } {
  const parsed: Clause[] = []
  const lexemes = new Set<string>()
  let isCut = false
  for (const { groups = {} } of input.matchAll(clauses)) {
    const { sign, phrase, word = groups.rest } = groups
    // All words are required anyway.
    if (word === 'AND' && sign === undefined) continue
    if (word === 'OR' && sign === undefined) {
      parsed.push({ kind: 'or', runs: [] })
      continue
    }
    const runs: Run[] = []
    eachRun(phrase ?? word ?? '', (run) => {
      const more = run.parts.filter((part) => !lexemes.has(part))
      // A lone combining mark has no lexeme.
      if (run.parts.length === 0) return
      const room = maxLexemes - lexemes.size
      const isTooLong = more.length > room
      if (isTooLong) isCut = true
      if (isTooLong && (!run.isSpaceless || room < 2)) return
      const used = isTooLong ? { ...run, parts: run.parts.slice(0, Math.min(room, maxCutParts)) } : run
      for (const part of used.parts) lexemes.add(part)
      runs.push(used)
    })
    const kind = sign !== undefined ? 'excluded' : phrase !== undefined ? 'phrase' : 'word'
    if (runs.length > 0) parsed.push({ kind, runs })
  }
  return { parsed, isCut }
}

export const quote = (lexeme: string): string => `'${lexeme}'`
const beginningWith = (lexeme: string): string => `${quote(lexeme)}:*`

/** The parts of a spaceless run end with its last character alone, which only a query of one character needs. */
const pairsOf = ({ parts }: Run): readonly string[] => (parts.length > 1 ? parts.slice(0, -1) : parts)

const lexemesOf = (run: Run): readonly string[] =>
  run.isSpaceless ? pairsOf(run) : [...run.parts, ...(run.whole === undefined ? [] : [run.whole])]

/** In a script without spaces a whole sentence is one run, so its pairs are searched one by one, like words. */
const termsOf = (run: Run): [string, QueryTerm][] =>
  run.isSpaceless && run.parts.length > 1
    ? pairsOf(run).map((pair) => [pair, { run, node: quote(pair), lexemes: [pair] }])
    : [[run.text, { run, node: anyOf(run), lexemes: lexemesOf(run) }]]

function anyOf(run: Run): string {
  if (run.isSpaceless)
    return run.parts.length === 1 ? beginningWith(run.parts[0] ?? '') : pairsOf(run).map(quote).join(' & ')
  const parts = run.parts.map(quote).join(' & ')
  return run.whole === undefined ? parts : `(${quote(run.whole)} | ${parts})`
}

/** Joined runs with a number, such as a version or a date, match as a phrase; other joined words match anywhere. */
function matchOf({ kind, runs }: Clause, significant: readonly Run[]): string {
  const hasNumber = runs.length > 1 && runs.some(({ text }) => /^\p{N}+$/u.test(text))
  if (kind === 'phrase' || hasNumber) return `(${sequenceOf(runs)})`
  return significant
    .map((run) => (run.whole === undefined ? anyOf(run) : `(${sequenceOf([run])})`))
    .join(' & ')
}

/** The runs one after another, written in parts or as whole words. */
function sequenceOf(runs: readonly Run[]): string {
  const inParts = sequence(runs, ({ parts }) => parts)
  if (runs.every(({ whole }) => whole === undefined)) return inParts
  return `${inParts} | ${sequence(runs, ({ whole, parts }) => (whole === undefined ? parts : [whole]))}`
}

/** A tsquery of lexemes at fixed distances. */
function sequence(
  runs: readonly Run[],
  written: (run: Run) => readonly string[],
  isLeftOut = (_: Run) => false,
): string {
  let node = ''
  let distance = 0
  runs.forEach((run) => {
    const each = written(run)
    const counted = run.isSpaceless ? pairsOf(run).length : each.length
    each.forEach((lexeme, at) => {
      distance++
      if (at >= counted || isLeftOut(run)) return
      const one = run.isSpaceless && each.length === 1 ? beginningWith(lexeme) : quote(lexeme)
      node += node === '' ? one : ` <${distance}> ${one}`
      distance = 0
    })
  })
  return node
}

function phraseOf(clauses: readonly Clause[], isStop: (run: Run) => boolean): string {
  const runs = clauses.flatMap(({ runs }) => runs)
  const isAllStops = runs.every(isStop)
  const phrase = sequence(
    runs,
    ({ parts }) => parts,
    (run) => !isAllStops && isStop(run),
  )
  return phrase.includes('<') ? phrase : ''
}
