import type { Database, QueryOptions } from '../postgres/database.ts'
import { createCorrections, type KnownTerm } from './corrections.ts'
import type { SearchAnswer } from './document.ts'
import { maxLexemes, parseQuery, quote, type SearchQuery } from './search-query.ts'
import { matchingSql, partialSql } from './search-sql.ts'
import { snippetOf } from './snippet.ts'

export type SearchDocuments = (
  query: string,
  options?: { limit?: number } & QueryOptions,
) => Promise<SearchAnswer>

const noWords = 'The query has no word to search for: use letters or digits; "-word" only excludes.'

/** Words of the query that are used to choose the passage of a snippet. */
const maxPlaces = 8

/** A statement with the values that differ between the steps. */
interface Step {
  readonly sql: string
  readonly values: readonly [string, string | readonly string[]]
  readonly weights?: readonly number[]
  readonly lexemes: ReadonlySet<string>
  readonly notes: readonly string[]
}

type Row = { id: string; title: string; url: string | null; rank: number; start: number; passage: string }

/**
 * Full-text search in steps: documents that match the whole query; if there are none, with misspelt words corrected; if
 * there are none or the query is a sentence, also documents with some of the words.
 */
export function createDocumentSearch(
  database: Database,
  urlOf: (row: { id: string; url: string | null }) => string,
): SearchDocuments {
  const knownTermsOf = createCorrections(database)

  return async (input, { limit = 10, signal } = {}) => {
    const query = parseQuery(input)
    if (query === undefined) return { hits: [], note: noWords }
    const run = ({ sql, values, weights, lexemes }: Step) => {
      const ranked = [...lexemes].map(quote).join(' | ')
      const places = [
        input.replaceAll('"', ''),
        // As written, too, because stems have no accents.
        ...query.terms.slice(0, maxPlaces).map(({ run }) => run.text),
        ...[...lexemes].slice(0, maxPlaces).map(beginningOf),
      ].map(placeOf)
      const all = [...values, ranked, query.phrase, limit, places, ...(weights ? [weights] : [])]
      return database.query<Row>(sql, all, { signal })
    }
    const answer = (rows: readonly Row[], { lexemes, notes }: Step): SearchAnswer => {
      const hits = rows.map(({ id, title, url, start, passage }) => {
        const snippet = snippetOf(passage, lexemes, start === 1)
        return { id, title, url: urlOf({ id, url }), snippet }
      })
      const cut = query.isCut ? [`Only the first ${maxLexemes} words of the query were used.`] : []
      const note = [...cut, ...(hits.length === 0 ? [] : notes)].join(' ')
      return note === '' ? { hits } : { hits, note }
    }

    const exact: Step = {
      sql: matchingSql,
      values: [query.match, query.indexed],
      lexemes: query.lexemes,
      notes: [],
    }
    const found = await run(exact)
    if (found.length > 0 && !query.isSentence) return answer(found, exact)
    const terms = await knownTermsOf(query.terms, { signal })
    const corrected = found.length === 0 ? correctedStep(query, terms) : undefined
    if (corrected !== undefined) {
      const rows = await run(corrected)
      if (rows.length > 0) return answer(rows, corrected)
    }
    const partial = partialStep(query, terms, found.length > 0)
    if (partial === undefined) return answer([], exact)
    const ids = new Set(found.map(({ id }) => id))
    const rest = (await run(partial)).filter(({ id }) => !ids.has(id))
    const best = [...found, ...rest].sort((a, b) => b.rank - a.rank).slice(0, limit)
    return answer(best, best.every(({ id }) => ids.has(id)) ? exact : partial)
  }
}

/** A stem ends in `i` where words end in `y` or `ies`. */
const beginningOf = (lexeme: string) => lexeme.replace(/(?<=..)i$/, '')

/** Where words begin: "port" is also in "support". */
const placeOf = (words: string) => words.toLowerCase().replace(/^(?=[a-z0-9]+$)/, ' ')

/** Undefined unless a word was corrected and each word now occurs in some document. */
function correctedStep({ excluded }: SearchQuery, terms: readonly KnownTerm[]): Step | undefined {
  const notes = terms.flatMap(({ note }) => note ?? [])
  if (notes.length === 0 || terms.some(({ documents }) => documents === 0)) return undefined
  const indexed = terms.map(({ node }) => `(${node})`).join(' & ')
  const match = excluded === '' ? indexed : `${indexed} & !(${excluded})`
  return { sql: matchingSql, values: [match, indexed], lexemes: lexemesOf(terms), notes }
}

/** Undefined if no document has any of the words. */
function partialStep(
  { excluded }: SearchQuery,
  terms: readonly KnownTerm[],
  hasWholeMatches: boolean,
): Step | undefined {
  const known = terms.filter(({ documents }) => documents > 0)
  // A word of a script without spaces has several terms.
  const missing = new Set(terms.map(({ text }) => text))
  for (const { text } of known) missing.delete(text)
  if (known.length === 0) return undefined
  // A damped inverse document frequency: rare words weigh more.
  const weights = known.map(({ documents }) => 1 / (1 + Math.log(documents)))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return {
    sql: partialSql,
    values: [excluded, known.map(({ node }) => node)],
    weights: weights.map((weight) => weight / sum),
    lexemes: lexemesOf(known),
    notes: [
      hasWholeMatches
        ? 'Some of these results are partial matches: they have only some of the words of the query.'
        : 'Partial matches: no document matches the whole query; these have some of its words.',
      ...(missing.size > 0 ? [`Words of the query that no document contains: ${missing.size}.`] : []),
      ...known.flatMap(({ note }) => note ?? []),
    ],
  }
}

const lexemesOf = (terms: readonly KnownTerm[]) => new Set(terms.flatMap(({ lexemes }) => lexemes))
