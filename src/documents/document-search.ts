import type { Database, QueryOptions } from '../services/postgres.ts'
import type { SearchHit } from './document.ts'
import { wordsOf } from './words.ts'

/** Words per query that are looked up for look-alikes: more would make one typo search cost like many. */
const maxCorrectedWords = 6

/** What a query excludes: `-word` or `-"a phrase"`. */
const excluded = /(?<=^|\s)-(?:"[^"]*"|\S+)/g

/** Dashes with nothing to exclude between them. Each one is an operator to Postgres, and some 60 of them, a ruler, are too many. */
const ruler = /-(?:[\s!&|()<]*-)+/g

export type SearchDocuments = (
  query: string,
  options?: { limit?: number } & QueryOptions,
) => Promise<SearchHit[]>

/** Full-text search, and a second try with words that look alike when it finds nothing. */
export function createDocumentSearch(
  database: Database,
  urlOf: (row: { id: string; url: string | null }) => string,
): SearchDocuments {
  /** @param query what a person typed @param alike a tsquery that documents must match besides; empty for none */
  async function matching(
    { query, alike }: { query: string; alike: string },
    limit: number,
    options: QueryOptions,
  ): Promise<SearchHit[]> {
    const rows = await database.query<{ id: string; title: string; url: string | null; snippet: string }>(
      `with best as (
         select id, title, url, text, ts_rank(search, query, 1) as rank, query
         from documents, (select websearch_to_tsquery('english', $1) && to_tsquery('english', $2)) as typed(query)
         where search @@ query
         order by rank desc, id
         limit $3
       )
       select id, title, url, ts_headline('english', left(text, 100000), query,
         'StartSel=**, StopSel=**, MaxFragments=2, MaxWords=30, MinWords=12, FragmentDelimiter=" … "') as snippet
       from best order by rank desc, id`,
      [query, alike, limit],
      options,
    )
    return rows.map((row) => ({
      id: row.id,
      title: row.title,
      url: urlOf(row),
      snippet: row.snippet.replace(/\s+/g, ' ').trim(),
    }))
  }

  /** For each word of the query the words of the documents that look most like it, as a tsquery. */
  async function withLookAlikes(query: string, options: QueryOptions): Promise<string | undefined> {
    const words = wordsOf(query.replace(excluded, ' ')).slice(0, maxCorrectedWords)
    if (words.length === 0) return undefined
    const rows = await database.query<{ typed: string; alike: string[] }>(
      `select typed, alike
       from unnest($1::text[]) with ordinality as typed(typed, position)
       cross join lateral (
         select array_agg(word) as alike from (
           select word from document_words where word % typed
           order by similarity(word, typed) desc, word limit 3
         ) as nearest
       ) as nearest
       where alike is not null order by position`,
      [words],
      options,
    )
    // Only letters and digits get here, so nothing in the words can be read as an operator.
    return rows.length === 0 ? undefined : rows.map(({ alike }) => `(${alike.join(' | ')})`).join(' & ')
  }

  return async (typed, { limit = 10, signal } = {}) => {
    const query = typed.replace(ruler, ' ')
    const hits = await matching({ query, alike: '' }, limit, { signal })
    if (hits.length > 0) return hits
    const alike = await withLookAlikes(query, { signal })
    const exclusions = query.match(excluded)?.join(' ') ?? ''
    return alike === undefined ? [] : matching({ query: exclusions, alike }, limit, { signal })
  }
}
