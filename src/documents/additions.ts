import { hash } from 'node:crypto'
import type { Database, Queryable, QueryOptions } from '../postgres/database.ts'
import type { NewDocument } from './document.ts'
import { checkQuota, confirmQuota, type DocumentQuota } from './quota.ts'
import { searchOf, searchVectorOf } from './search-terms.ts'
import { createWordList, forgetWords, lexemesOf } from './word-list.ts'

/** First key of the advisory locks that serialize the replacements of one caller. */
const lockClass = 1_936_026_978

export interface AddOptions extends QueryOptions {
  /** Id of the caller. */
  readonly addedBy: string
  /** Version of the caller's own document that may be replaced. */
  readonly replaces?: string
}

export interface AddResult {
  readonly outcome: 'created' | 'replaced' | 'unchanged' | 'taken'
  /** The document that has the id, with other content, if the outcome is `taken`. */
  readonly holder?: Holder
}

export interface Holder {
  readonly title: string
  readonly updatedAt: Date
  readonly version: string
  /** Whether the caller added it, so that it may be replaced. */
  readonly isOwn: boolean
}

/**
 * Inserts the document, or replaces the one with its id if that is allowed.
 * @throws AppError `quota_exceeded`
 */
export function addDocument(
  database: Database,
  quota: DocumentQuota,
  document: NewDocument,
  { addedBy, replaces, signal }: AddOptions,
): Promise<AddResult> {
  const hash = contentHash(document)
  const { id, title, text, tags, url = null, source } = document
  return database.transaction(
    async (transaction) => {
      await checkQuota(transaction, quota, { id, addedBy })
      const wordList = createWordList(transaction)
      const vector = searchVectorOf(document, wordList.collect)
      const replaced = replaces === undefined ? [] : await lexemesOf(transaction, id)
      const [saved] = await transaction.query<{ created: boolean }>(
        `insert into documents (id, title, text, tags, url, source, content_hash, added_by, search, search_of)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (id) do update set
           title = excluded.title, text = excluded.text, tags = excluded.tags, url = excluded.url,
           source = excluded.source, content_hash = excluded.content_hash, updated_at = now(),
           search = excluded.search, search_of = excluded.search_of
         where documents.content_hash = $11 and documents.added_by = excluded.added_by
         returning xmax = 0 as created`,
        [id, title, text, tags, url, source, hash, addedBy, vector, searchOf(hash), replaces ?? null],
      )
      if (saved === undefined) return unsaved(transaction, { id, hash, addedBy })
      await wordList.flush()
      if (saved.created) await confirmQuota(transaction, quota, { id, addedBy })
      else {
        // Otherwise, two concurrent replacements would each still see the old words of the other, and keep them.
        await transaction.query('select pg_advisory_xact_lock($1, hashtext($2))', [lockClass, addedBy])
        await forgetWords(transaction, replaced, id)
      }
      return { outcome: saved.created ? 'created' : 'replaced' }
    },
    { signal },
  )
}

/** Why the insert saved nothing: the content is unchanged, or the id is taken. */
async function unsaved(
  transaction: Queryable,
  { id, hash, addedBy }: { id: string; hash: string; addedBy: string },
): Promise<AddResult> {
  const [holder] = await transaction.query<{ [Field in keyof Holder]: Holder[Field] }>(
    `select title, updated_at as "updatedAt", content_hash as version, added_by is not distinct from $2 as "isOwn"
     from documents where id = $1`,
    [id, addedBy],
  )
  if (holder?.version === hash) return { outcome: 'unchanged' }
  // Without a holder, it was deleted in between.
  return { outcome: 'taken', ...(holder && { holder }) }
}

/** Hash of every authored field; detects changed documents. */
export function contentHash({ title, text, tags, url, source }: NewDocument): string {
  return hash('sha256', JSON.stringify([title, text, tags, url ?? null, source]))
}
