import type { Database, QueryOptions } from '../postgres/database.ts'
import type { SearchHit } from './document.ts'
import { wordsOf } from './words.ts'

/** Words per query that get a trigram search for similar words: bounds the cost of a misspelled query. */
const maxCorrectedWords = 6

/**
 * Bounds on the documents one search reads, however many match: ranking, phrases and exclusions need a document's
 * whole tsvector. The guide describes the effect on results.
 */
const bounds = {
  /** Ranked documents with all words in title and tags. */
  titleMatches: 500,
  /** From this number of title matches on, text matches are skipped: they would rank below. */
  enoughTitleMatches: 50,
  /** Text matches checked for phrases and exclusions. */
  textCandidates: 2_000,
  /** Ranked text matches. */
  textMatches: 1_000,
}

/**
 * `words` is the query without exclusions and phrase order: the part that an index answers alone. It is null for a
 * query without positive terms. No part depends on statistics, because the planner does not know the query: the plan
 * is the same for all words and sizes.
 */
const searchSql = `with parsed as (
  select websearch_to_tsquery('english', $1) && to_tsquery('english', $2) as query
), indexable as (
  select query, regexp_replace(nullif(nullif(querytree(query), 'T'), ''), '<(-|\\d+)>', '&', 'g')::tsquery as words
  from parsed
), title_matches as materialized (
  select id, ts_rank(search, query, 1) as rank
  from indexable, lateral (
    select id, search from documents
    where to_tsvector('english', title || ' ' || document_tags_text(tags)) @@ words
    limit ${bounds.titleMatches}
  ) as candidate
  where search @@ query
), text_matches as (
  select id, ts_rank(search, query, 1) as rank
  from indexable, lateral (
    select id, search from documents
    where search @@ words and (select count(*) from title_matches) < ${bounds.enoughTitleMatches}
    limit ${bounds.textCandidates}
  ) as candidate
  where search @@ query
  limit ${bounds.textMatches}
), best as (
  select id, rank from (select * from title_matches union select * from text_matches) as ranked
  order by rank desc, id limit $3
)
select id, title, url, ts_headline('english', left(text, 100000), query,
  'StartSel=**, StopSel=**, MaxFragments=2, MaxWords=30, MinWords=12, FragmentDelimiter=" … "') as snippet
from best join documents using (id), parsed
order by rank desc, id`

/** Exclusions: `-word` or `-"a phrase"`. */
const exclusion = /(?<=^|\s)-(?:"[^"]*"|\S+)/g

/** Runs of dashes, such as a Markdown rule. Postgres parses each as an operator and fails on some 60 of them. */
const dashRun = /-(?:[\s!&|()<]*-)+/g

export type SearchDocuments = (
  query: string,
  options?: { limit?: number } & QueryOptions,
) => Promise<SearchHit[]>

/** Full-text search with a fallback to similar words (trigrams) when nothing matches. */
export function createDocumentSearch(
  database: Database,
  urlOf: (row: { id: string; url: string | null }) => string,
): SearchDocuments {
  /** @param query in web search syntax @param similar a tsquery that documents must match too; empty for none */
  async function runSearch(
    { query, similar }: { query: string; similar: string },
    limit: number,
    options: QueryOptions,
  ): Promise<SearchHit[]> {
    const rows = await database.query<{ id: string; title: string; url: string | null; snippet: string }>(
      searchSql,
      [query, similar, limit],
      options,
    )
    return rows.map((row) => ({
      id: row.id,
      title: row.title,
      url: urlOf(row),
      snippet: row.snippet.replace(/\s+/g, ' ').trim(),
    }))
  }

  /** For each word of the query its most similar words in the documents, as a tsquery. */
  async function similarWords(query: string, options: QueryOptions): Promise<string | undefined> {
    const words = wordsOf(query.replace(exclusion, ' ')).slice(0, maxCorrectedWords)
    if (words.length === 0) return undefined
    const rows = await database.query<{ alternatives: string[] }>(
      `select alternatives
       from unnest($1::text[]) with ordinality as typed(typed, position)
       cross join lateral (
         select array_agg(word) as alternatives from (
           select word from document_words where word % typed
           order by similarity(word, typed) desc, word limit 3
         ) as nearest
       ) as nearest
       where alternatives is not null order by position`,
      [words],
      options,
    )
    // Words consist of letters and digits only, so none can be parsed as an operator.
    return rows.length === 0
      ? undefined
      : rows.map(({ alternatives }) => `(${alternatives.join(' | ')})`).join(' & ')
  }

  return async (input, { limit = 10, signal } = {}) => {
    const query = input.replace(dashRun, ' ')
    const hits = await runSearch({ query, similar: '' }, limit, { signal })
    if (hits.length > 0) return hits
    const similar = await similarWords(query, { signal })
    const exclusions = query.match(exclusion)?.join(' ') ?? ''
    return similar === undefined ? [] : runSearch({ query: exclusions, similar }, limit, { signal })
  }
}
