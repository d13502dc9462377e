import type { Database, Queryable, QueryOptions } from '../postgres/database.ts'
import { type AddOptions, type AddResult, addDocument, contentHash } from './additions.ts'
import type { Document, DocumentEntry, DocumentSummary, NewDocument } from './document.ts'
import { documentIdOf, withoutHashes } from './document-id.ts'
import { inTurns } from './in-turns.ts'
import { createIndexUpkeep, maxPendingList } from './index-upkeep.ts'
import type { Kind } from './kind.ts'
import type { DocumentQuota } from './quota.ts'
import { createDocumentSearch, type SearchDocuments } from './search.ts'
import { searchOf, searchVectorOf } from './search-terms.ts'
import { createWordList, type WordList } from './word-list.ts'

export interface SaveCounts {
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
}

export type Batches = AsyncIterable<readonly NewDocument[]> | Iterable<readonly NewDocument[]>

/** Characters of the text that an entry has: enough for the first paragraph. */
const beginningLength = 2_000

/** The documents in Postgres. */
export interface DocumentStore {
  /** Documents that match the query, best first; else those that match corrected words, or only some words. */
  readonly search: SearchDocuments
  /** Accepts a document's current id even if it is stored under an older id without hashes. */
  get(id: string, options?: QueryOptions): Promise<Document | undefined>
  /** Documents ordered by id, starting after the id `after`. */
  list(page: { after?: string | undefined; limit: number } & QueryOptions): Promise<DocumentSummary[]>
  /** At most `limit` documents of each kind, ordered by id, starting after the id `after`. */
  listByKind(
    page: { kinds: readonly Kind[]; after: string; limit: number } & QueryOptions,
  ): Promise<DocumentEntry[]>
  /** Sorted ids that start with `prefix`. */
  idsStartingWith(prefix: string, limit: number, options?: QueryOptions): Promise<string[]>
  /** Source of each stored document, by id. */
  sourcesOf(ids: readonly string[], options?: QueryOptions): Promise<ReadonlyMap<string, string>>
  /**
   * Inserts the document unless its id exists, or replaces the version that the options name.
   * @throws AppError `quota_exceeded`
   */
  add(document: NewDocument, options: AddOptions): Promise<AddResult & { url: string }>
  /**
   * Saves all batches in one transaction, reading the next batch while one is saved.
   * @param onSaved called after each batch with its size
   */
  load(batches: Batches, onSaved?: (documents: number) => void, options?: QueryOptions): Promise<SaveCounts>
}

export function createDocumentStore({
  database,
  publicUrl,
  quota = { total: Number.POSITIVE_INFINITY, perCaller: Number.POSITIVE_INFINITY },
  onChange = async () => undefined,
}: {
  database: Database
  publicUrl: string
  /** Unlimited if omitted, for programs that add nothing. */
  quota?: DocumentQuota
  /** Called after each commit that changed documents; without ids after a load, which may have changed many. */
  onChange?: (ids: readonly string[]) => Promise<void>
}): DocumentStore {
  const urlOf = (row: { id: string; url: string | null }) => row.url ?? `${publicUrl}/documents/${row.id}`

  return {
    search: createDocumentSearch(database, urlOf),

    async get(id, options) {
      const rows = await database.query<DocumentRow>(
        'select id, title, text, tags, url, source, created_at, updated_at from documents where id = any($1)',
        [[...new Set([id, withoutHashes(id)])]],
        options,
      )
      const row =
        rows.find((found) => found.id === id) ?? rows.find(({ source }) => id.endsWith(documentIdOf(source)))
      if (row === undefined) return undefined
      const { created_at: createdAt, updated_at: updatedAt, ...rest } = row
      return { ...rest, url: urlOf(row), createdAt, updatedAt }
    },

    list: ({ after = '', limit, signal }) =>
      database.query<SummaryRow>(
        `select id, title, octet_length(text) as size, updated_at as "updatedAt"
         from documents where id > $1 order by id limit $2`,
        [after, limit],
        { signal },
      ),

    listByKind: ({ kinds, after, limit, signal }) =>
      database.query<EntryRow>(
        `select kind, id, title, tags, beginning
         from unnest($1::text[]) as wanted(kind), lateral (
           select id, title, tags, left(text, ${beginningLength}) as beginning
           from documents where document_kind(tags) = wanted.kind and id > $2
           -- With the kind, so that no other index has this order: the primary key would read other kinds, too.
           order by document_kind(tags), id limit $3
         ) as entry
         order by id`,
        [kinds, after, limit],
        { signal },
      ),

    async idsStartingWith(prefix, limit, options) {
      const rows = await database.query<{ id: string }>(
        'select id from documents where starts_with(id, $1) order by id limit $2',
        [prefix, limit],
        options,
      )
      return rows.map(({ id }) => id)
    },

    async sourcesOf(ids, options) {
      const rows = await database.query<{ id: string; source: string }>(
        'select id, source from documents where id = any($1)',
        [ids],
        options,
      )
      return new Map(rows.map(({ id, source }) => [id, source]))
    },

    async add(document, options) {
      const addition = await addDocument(database, quota, document, options)
      if (addition.outcome === 'created' || addition.outcome === 'replaced') await onChange([document.id])
      return { ...addition, url: urlOf({ id: document.id, url: document.url ?? null }) }
    },

    async load(batches, onSaved, options) {
      const counts = await database.transaction(async (transaction) => {
        const wordList = createWordList(database)
        const upkeep = createIndexUpkeep(database)
        await transaction.query(`set local gin_pending_list_limit = '${maxPendingList}'`)
        const totals = { inserted: 0, updated: 0, unchanged: 0 }
        const save = async ({ count, rows }: Batch) => {
          const [counts] = await Promise.all([saveRows(transaction, rows, count), wordList.flush(options)])
          totals.inserted += counts.inserted
          totals.updated += counts.updated
          totals.unchanged += counts.unchanged
          upkeep.run()
          onSaved?.(count)
        }
        let saving: Promise<void> = Promise.resolve()
        try {
          for await (const batch of batches) {
            const converted = await convert(batch, await hashesOf(database, batch, options), wordList)
            await saving
            saving = save(converted)
            // A later await reports the failure; until then it must not count as unhandled.
            saving.catch(() => undefined)
          }
          await saving
        } finally {
          // If reading a batch failed, a statement may still run: let it finish before the rollback.
          await saving.catch(() => undefined)
          await upkeep.finish()
        }
        return totals
      }, options)
      if (counts.inserted + counts.updated > 0) await onChange([])
      return counts
    },
  }
}

/** Type aliases, because interfaces have no implicit index signature and do not fit `QueryResultRow`. */
type SummaryRow = { [Field in keyof DocumentSummary]: DocumentSummary[Field] }
type EntryRow = { [Field in keyof DocumentEntry]: DocumentEntry[Field] }

interface DocumentRow {
  id: string
  title: string
  text: string
  tags: string[]
  url: string | null
  source: string
  created_at: Date
  updated_at: Date
}

interface Batch {
  readonly count: number
  /** A statement parameter: JSON. */
  readonly rows: string
}

/** Content hash of each stored document, by id. */
async function hashesOf(database: Database, documents: readonly NewDocument[], options?: QueryOptions) {
  const rows = await database.query<{ id: string; hash: string }>(
    'select id, content_hash as hash from documents where id = any($1)',
    [documents.map(({ id }) => id)],
    options,
  )
  return new Map(rows.map(({ id, hash }) => [id, hash]))
}

async function convert(
  documents: readonly NewDocument[],
  stored: ReadonlyMap<string, string>,
  wordList: WordList,
): Promise<Batch> {
  const rows: string[] = []
  for await (const document of inTurns(documents)) {
    const hash = contentHash(document)
    // An upsert would lock its row, which writes it.
    if (stored.get(document.id) === hash) continue
    const search = searchVectorOf(document, wordList.collect)
    rows.push(JSON.stringify({ ...document, content_hash: hash, search, search_of: searchOf(hash) }))
  }
  return { count: documents.length, rows: `[${rows.join(',')}]` }
}

async function saveRows(transaction: Queryable, rows: string, count: number): Promise<SaveCounts> {
  const saved = await transaction.query<{ inserted: boolean }>(
    `insert into documents (id, title, text, tags, url, source, content_hash, search, search_of)
     select id, title, text, tags, url, source, content_hash, search, search_of
     from json_to_recordset($1) as new(id text, title text, text text, tags text[], url text, source text,
       content_hash text, search tsvector, search_of text)
     on conflict (id) do update set
       title = excluded.title, text = excluded.text, tags = excluded.tags, url = excluded.url,
       source = excluded.source, content_hash = excluded.content_hash, updated_at = now(),
       search = excluded.search, search_of = excluded.search_of, added_by = null
     where documents.content_hash <> excluded.content_hash
     returning xmax = 0 as inserted`,
    [rows],
  )
  const inserted = saved.filter((row) => row.inserted).length
  return { inserted, updated: saved.length - inserted, unchanged: count - saved.length }
}
