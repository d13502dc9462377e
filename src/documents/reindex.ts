import type { Database } from '../postgres/database.ts'
import { inTurns } from './in-turns.ts'
import { batchLimit } from './ingest.ts'
import { searchOf, searchVectorOf, searchVersion } from './search-terms.ts'
import { createWordList } from './word-list.ts'

type Row = { id: string; title: string; text: string; tags: string[]; content_hash: string }

/**
 * Rebuilds the search vectors that an older release made. Each batch commits on its own, so that other writers are not
 * blocked for long and the next run resumes an interrupted one.
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
           select * from documents where search_of <> '${searchVersion}' || left(content_hash, 8) and id > $3 order by id limit $1
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
    // Of an older release that is still running: they would keep the words out that have their stems.
    await database.query(`delete from document_words where stem = ''`)
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
