import { createHash } from 'node:crypto'
import type { Database, Queryable, QueryOptions } from '../postgres/database.ts'
import type { Document, DocumentEntry, DocumentSummary, NewDocument } from './document.ts'
import { createIndexUpkeep, maxPendingList } from './index-upkeep.ts'
import type { Kind } from './kind.ts'
import { createDocumentSearch, type SearchDocuments } from './search.ts'
import { createWordList } from './word-list.ts'

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
  /** Documents that match the query, best first; if none does, those that match similar words. */
  readonly search: SearchDocuments
  get(id: string, options?: QueryOptions): Promise<Document | undefined>
  /** Documents ordered by id, starting after the id `after`. */
  list(page: { after?: string | undefined; limit: number } & QueryOptions): Promise<DocumentSummary[]>
  /** At most `limit` documents of each kind, ordered by id, starting after the id `after`. */
  listByKind(
    page: { kinds: readonly Kind[]; after: string; limit: number } & QueryOptions,
  ): Promise<DocumentEntry[]>
  /** Sorted ids that start with `prefix`. */
  idsStartingWith(prefix: string, limit: number, options?: QueryOptions): Promise<string[]>
  /** Inserts the document unless its id exists. */
  add(document: NewDocument, options?: QueryOptions): Promise<{ created: boolean; url: string }>
  /**
   * Saves all batches in one transaction, reading the next batch while one is saved.
   * @param onSaved called after each batch with its size
   */
  load(batches: Batches, onSaved?: (documents: number) => void): Promise<SaveCounts>
}

export function createDocumentStore({
  database,
  publicUrl,
}: {
  database: Database
  publicUrl: string
}): DocumentStore {
  const urlOf = (row: { id: string; url: string | null }) => row.url ?? `${publicUrl}/documents/${row.id}`

  return {
    search: createDocumentSearch(database, urlOf),

    async get(id, options) {
      const [row] = await database.query<DocumentRow>(
        'select id, title, text, tags, url, source, created_at, updated_at from documents where id = $1',
        [id],
        options,
      )
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

    async add(document, options) {
      await createWordList(database).save([document], options)
      const rows = await database.query(
        `insert into documents (id, title, text, tags, url, source, content_hash)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing returning id`,
        [
          document.id,
          document.title,
          document.text,
          document.tags,
          document.url ?? null,
          document.source,
          contentHash(document),
        ],
        options,
      )
      return { created: rows.length > 0, url: urlOf({ id: document.id, url: document.url ?? null }) }
    },

    load: (batches, onSaved) =>
      database.transaction(async (transaction) => {
        const words = createWordList(database)
        const upkeep = createIndexUpkeep(database)
        await transaction.query(`set local gin_pending_list_limit = '${maxPendingList}'`)
        const totals = { inserted: 0, updated: 0, unchanged: 0 }
        const save = async (batch: readonly NewDocument[], rows: string) => {
          const [counts] = await Promise.all([saveRows(transaction, rows, batch.length), words.save(batch)])
          totals.inserted += counts.inserted
          totals.updated += counts.updated
          totals.unchanged += counts.unchanged
          upkeep.run()
          onSaved?.(batch.length)
        }
        let saving: Promise<void> = Promise.resolve()
        try {
          for await (const batch of batches) {
            const rows = toRows(batch)
            await saving
            saving = save(batch, rows)
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
      }),
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

/** Hash of every authored field; detects changed documents. */
function contentHash({ title, text, tags, url, source }: NewDocument): string {
  return createHash('sha256')
    .update(JSON.stringify([title, text, tags, url ?? null, source]))
    .digest('hex')
}

/** Serialises a batch as one statement parameter. */
const toRows = (documents: readonly NewDocument[]): string =>
  JSON.stringify(documents.map((document) => ({ ...document, content_hash: contentHash(document) })))

async function saveRows(transaction: Queryable, rows: string, count: number): Promise<SaveCounts> {
  const saved = await transaction.query<{ inserted: boolean }>(
    `insert into documents (id, title, text, tags, url, source, content_hash)
     select id, title, text, tags, url, source, content_hash
     from jsonb_to_recordset($1) as new(id text, title text, text text, tags text[], url text, source text, content_hash text)
     on conflict (id) do update set
       title = excluded.title, text = excluded.text, tags = excluded.tags, url = excluded.url,
       source = excluded.source, content_hash = excluded.content_hash, updated_at = now()
     where documents.content_hash <> excluded.content_hash
     returning xmax = 0 as inserted`,
    [rows],
  )
  const inserted = saved.filter((row) => row.inserted).length
  return { inserted, updated: saved.length - inserted, unchanged: count - saved.length }
}
