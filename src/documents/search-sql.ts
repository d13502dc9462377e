/**
 * The SQL of search. A CTE hides the words of the query from the planner, so that all queries and table sizes have the
 * same plan, independent of statistics.
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

/** Rank bonus of a match of the whole query. A partial match gets the share of its words' weights. */
const wholeMatch = 2.5

/**
 * The rest of the rank, most important first: the share of the query's words in title and tags; the words as a phrase,
 * in the title or anywhere; the share of the title's words in the query. Word frequency decides between equals.
 */
const rank = `2 * ts_rank('{0,0,0.5,1}', search, ranked)
  + case when search @@ phrase then 1 + (ts_filter(search, '{a}') @@ phrase)::int else 0 end
  + least(1, ts_rank('{0,0,0,1}', search, ranked) * numnode(ranked) / (1 + length(ts_filter(search, '{a}'))))
  + ts_rank('{0.1,0.2,0.4,1}', search, ranked, 1)`

/**
 * Adds title, URL and passage to the results.
 * @param best ends with the CTE `best` of `id` and `rank`; $5 is the limit, $6 the query and its words in lower case
 */
const withText = (best: string) => `${best}
select id, title, url, rank, start, substr(text, start, ${bounds.snippetWindow}) as passage
from best join documents using (id), lateral (
  select translate(lower(left(text, ${bounds.snippetSearch})), E'\\n\`(', '   ') as beginning
) as folded, lateral (
  -- Where the words occur together, else where the last of them first occurs: it is likely the rarest.
  select greatest(1, coalesce(nullif(strpos(beginning, ($6::text[])[1]), 0), (
    select max(coalesce(nullif(strpos(beginning, word), 0), strpos(beginning, ltrim(word))))
    from unnest(($6::text[])[2:]) as word
  ), 1) - ${bounds.snippetWindow / 4}) as start
) as found
order by rank desc, id`

/** Documents that match: first those with all words in title and tags, then the others. */
export const matchingSql = withText(`with asked as materialized (
  -- Ranked by an OR of the words: ranking an AND compares all positions of all pairs of words.
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
 * Documents that have some of the words, by their share of the words' weights. $1 is the exclusion, $2 the words as
 * tsqueries, $7 their weights, which add up to 1.
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
 * For each word of the query: the number of documents that have it, counted up to a limit, and if it is 0, the most
 * similar words of documents.
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
    -- Most similar first, so that few words are checked.
    select word, stem, spelling, alike from (
      select word, stem, spelling, similarity(word, key) as alike
      -- Without trigrams, % would read the whole index.
      from document_words where word % key and documents = 0 and key <> ''
      order by alike desc, word limit 500
    ) as nearest
    where document_has_term(stem) limit 3
  ) as live
) as corrected on true
order by position`
