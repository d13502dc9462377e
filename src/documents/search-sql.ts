/**
 * The statements of search. Queries come in CTEs: the planner does not know their words, so the plan is the same for
 * all words and sizes, and no part depends on statistics.
 */

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
  /** Documents per word of a query of which no document has all. */
  partialMatches: 200,
  /** Characters of a text searched for the first match, and characters around it that a snippet is made from. */
  snippetSearch: 200_000,
  snippetWindow: 1_200,
}

/** Rank of a match of the whole query beyond that of a match of some words, which get their share of it. */
const wholeMatch = 2.5

/**
 * After that the share of the query's words in title and tags counts most, then the words in this order, in the title or
 * anywhere, and the share of the title's words in the query. How often words occur decides between equals.
 */
const rank = `2 * ts_rank('{0,0,0.5,1}', search, ranked)
  + case when search @@ phrase then 1 + (ts_filter(search, '{a}') @@ phrase)::int else 0 end
  + least(1, ts_rank('{0,0,0,1}', search, ranked) * numnode(ranked) / (1 + length(ts_filter(search, '{a}'))))
  + ts_rank('{0.1,0.2,0.4,1}', search, ranked, 1)`

/** @param best a CTE of `id` and `rank`; $5 is the limit, $6 the query and its words in lower case */
const withText = (best: string) => `${best}
select id, title, url, rank, start, substr(text, start, ${bounds.snippetWindow}) as passage
from best join documents using (id), lateral (
  select lower(left(text, ${bounds.snippetSearch})) as beginning
) as folded, lateral (
  -- The words together, or the one that comes last: it is likely the rarest.
  select greatest(1, coalesce(
    nullif(strpos(beginning, ($6::text[])[1]), 0), (select max(strpos(beginning, word)) from unnest(($6::text[])[2:]) as word), 1
  ) - ${bounds.snippetWindow / 4}) as start
) as found
order by rank desc, id`

/** Documents that match: first those with all words in title and tags, then the others. */
export const matchingSql = withText(`with asked as materialized (
  -- Ranked by any of the words: the rank of "and" compares all positions of all pairs of words.
  select $1::tsquery as match, $2::tsquery as indexed, $3::tsquery as ranked, nullif($4, '')::tsquery as phrase
), title_matches as materialized (
  select id, ${wholeMatch} + ${rank} as rank
  from asked, lateral (
    select id, search from documents
    where ts_filter(search, '{a,b}') @@ indexed
    limit ${bounds.titleMatches}
  ) as candidate
  where search @@ match
), text_matches as (
  select id, ${wholeMatch} + ${rank} as rank
  from asked, lateral (
    select id, search from documents
    where search @@ indexed and (select count(*) from title_matches) < ${bounds.enoughTitleMatches}
    limit ${bounds.textCandidates}
  ) as candidate
  where search @@ match
  limit ${bounds.textMatches}
), best as (
  select id, rank from (select * from title_matches union select * from text_matches) as ranked
  order by rank desc, id limit $5
)`)

/**
 * Documents that have some of the words, by their share of the words' weights. $1 is what they must not match, $2 are
 * the words as tsqueries, $7 their weights, which add up to 1.
 */
export const partialSql = withText(`with asked as materialized (
  select nullif($1, '')::tsquery as excluded, $2::tsquery[] as words, $3::tsquery as ranked, nullif($4, '')::tsquery as phrase
), candidates as materialized (
  select distinct on (id) id, search
  from asked, unnest(words) as word, lateral (
    select id, search from documents where search @@ word limit ${bounds.partialMatches}
  ) as candidate
  where excluded is null or not search @@ excluded
), best as (
  select id, ${rank}
    + ${wholeMatch} * (select sum(weight) from unnest(words, $7::float8[]) as part(word, weight) where search @@ word) as rank
  from asked, candidates
  order by rank desc, id limit $5
)`)

/**
 * For each word of the query how many documents have it, counted up to a limit, and if none has it, the most similar
 * words of documents.
 */
export const wordsSql = `with asked as materialized (
  select word, key, position from unnest($1::tsquery[], $2::text[]) with ordinality as asked(word, key, position)
)
select documents, stems, spellings, similarities
from asked, lateral (
  select count(*)::int as documents
  from (select from documents where search @@ word limit ${bounds.partialMatches}) as matches
) as counted left join lateral (
  select array_agg(stem) as stems, array_agg(coalesce(spelling, word)) as spellings, array_agg(alike) as similarities
  from (
    -- In this order, so that few are checked.
    select word, stem, spelling, alike from (
      select word, stem, spelling, similarity(word, key) as alike
      from document_words where word % key and documents = 0
      order by alike desc, word limit 500
    ) as nearest
    where document_has_term(stem) limit 3
  ) as live
) as corrected on true
order by position`
