import type { Database, QueryOptions } from '../postgres/database.ts'
import type { SearchHit } from './document.ts'
import { wordsOf } from './words.ts'

/** Words per query that are looked up for look-alikes: more would make one typo search cost like many. */
const maxCorrectedWords = 6

/**
 * Bounds on what one search reads, however many documents match: ranking and the look for a phrase or an
 * excluded word need the document's whole vector. What follows for searchers is in the guide.
 */
const bounds = {
  /** Documents with all words in title and tags that are ranked. */
  headed: 500,
  /** With so many of those the rest is not looked at: it would rank below them. */
  enoughHeaded: 50,
  /** Other documents with all words that are looked at for phrases and excluded words. */
  examined: 2_000,
  /** Those of them that are ranked. */
  ranked: 1_000,
}

/**
 * `words` is the query without exclusions and without the order of phrases: what an index can answer alone.
 * It is null for a query that seeks nothing, such as one that only excludes. No part depends on statistics,
 * because the planner does not know the query: the plan is the same for all words and all sizes.
 */
const searchSql = `with typed as (
  select websearch_to_tsquery('english', $1) && to_tsquery('english', $2) as query
), sought as (
  select query, regexp_replace(nullif(nullif(querytree(query), 'T'), ''), '<(-|\\d+)>', '&', 'g')::tsquery as words
  from typed
), headed as materialized (
  select id, ts_rank(search, query, 1) as rank
  from sought, lateral (
    select id, search from documents
    where to_tsvector('english', title || ' ' || document_tags_text(tags)) @@ words
    limit ${bounds.headed}
  ) as candidate
  where search @@ query
), others as (
  select id, ts_rank(search, query, 1) as rank
  from sought, lateral (
    select id, search from documents
    where search @@ words and (select count(*) from headed) < ${bounds.enoughHeaded}
    limit ${bounds.examined}
  ) as candidate
  where search @@ query
  limit ${bounds.ranked}
), best as (
  select id, rank from (select * from headed union select * from others) as ranked
  order by rank desc, id limit $3
)
select id, title, url, ts_headline('english', left(text, 100000), query,
  'StartSel=**, StopSel=**, MaxFragments=2, MaxWords=30, MinWords=12, FragmentDelimiter=" … "') as snippet
from best join documents using (id), typed
order by rank desc, id`

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
      searchSql,
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
