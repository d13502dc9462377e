import type { Database } from '../postgres/database.ts'
import { inTurns } from './in-turns.ts'
import { batchLimit } from './ingest.ts'
import { searchOf, searchVectorOf } from './search-terms.ts'
import { createWordList } from './word-list.ts'

type Row = { id: string; title: string; text: string; tags: string[]; content_hash: string }

/**
 * Indexes the documents that an older release has indexed. In batches, each on its own: others can write meanwhile, and
 * an interrupted run continues with the next one.
 * @returns the number of documents
 */
export async function reindexDocuments(database: Database): Promise<number> {
  const wordList = createWordList(database)
  let count = 0
  let after = ''
  for (;;) {
    const documents = await database.query<Row>(
      `select id, title, text, tags, content_hash from (
         select *, sum(length(text)) over (order by id) - length(text) as before from (
           select * from documents where search_of <> '1' || left(content_hash, 8) and id > $3 order by id limit $1
         ) as outdated
       ) as batch where before < $2 order by id`,
      [batchLimit.documents / 4, batchLimit.characters, after],
    )
    const last = documents.at(-1)
    if (last === undefined) return count
    after = last.id
    const rows: object[] = []
    for await (const { id, content_hash, ...document } of inTurns(documents)) {
      const search = searchVectorOf(document, wordList.collect)
      rows.push({ id, content_hash, search, search_of: searchOf(content_hash) })
    }
    await wordList.flush()
    await database.query(
      `update documents set search = new.search, search_of = new.search_of
       from json_to_recordset($1) as new(id text, content_hash text, search tsvector, search_of text)
       where documents.id = new.id and documents.content_hash = new.content_hash`,
      [JSON.stringify(rows)],
    )
    count += documents.length
  }
}
