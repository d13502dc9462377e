import type { Database, QueryOptions } from '../postgres/database.ts'
import { type QueryTerm, quote } from './search-query.ts'
import { wordsSql } from './search-sql.ts'
import { wordKey } from './words.ts'

/** Words of a query that are searched one by one if no document matches all: bounds the cost of such a query. */
const maxTerms = 12
/** The first words of these for which corrections are looked up. */
const maxCorrectedWords = 6

/** Minimum similarity of a further correction, relative to the best one. */
const nearness = 0.7

/** A word of the query or, if no document has it, similar words of documents. */
export interface KnownTerm {
  readonly text: string
  /** Documents that have it, counted up to a limit. */
  readonly documents: number
  /** A tsquery. */
  readonly node: string
  readonly lexemes: readonly string[]
  /** Tells the caller about a correction. */
  readonly note?: string
}

export function createCorrections(database: Database) {
  return async (queryTerms: readonly QueryTerm[], options: QueryOptions): Promise<KnownTerm[]> => {
    const terms = queryTerms.slice(0, maxTerms)
    let corrected = 0
    const keys = terms.map(({ run }) => {
      const [word] = run.words
      return word === undefined || ++corrected > maxCorrectedWords ? '' : wordKey(word.text)
    })
    const rows = await database.query<{
      documents: number
      stems: string[] | null
      spellings: string[]
      similarities: number[]
    }>(wordsSql, [terms.map(({ node }) => node), keys], options)
    return rows.map(({ documents, stems, spellings, similarities }, index): KnownTerm => {
      const term = terms[index]
      const text = term?.run.text ?? ''
      if (stems === null) return { text, documents, node: term?.node ?? '', lexemes: term?.lexemes ?? [] }
      // Most similar first.
      const isNear = (_: string, at: number) => (similarities[at] ?? 0) >= nearness * (similarities[0] ?? 0)
      const lexemes = stems.filter(isNear)
      const words = spellings.filter(isNear).map((word) => `"${word}"`)
      const note = `One word of the query occurs in no document; searched for ${words.join(' or ')} instead.`
      return { text, documents: 1, node: lexemes.map(quote).join(' | '), lexemes, note }
    })
  }
}
