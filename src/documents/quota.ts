import { AppError } from '../errors.ts'
import type { Queryable } from '../postgres/database.ts'

/** Maximum numbers of documents that callers have added. Ingested documents do not count. */
export interface DocumentQuota {
  readonly total: number
  readonly perCaller: number
}

export interface Addition {
  readonly id: string
  /** Id of the caller. */
  readonly addedBy: string
}

/** Key of the advisory lock that serializes the final counts. */
const lockKey = 1_936_026_977

/** Checks the quota before any other work. @throws AppError `quota_exceeded` */
export function checkQuota(transaction: Queryable, quota: DocumentQuota, addition: Addition): Promise<void> {
  return requireRoom(transaction, quota, addition, 1)
}

/**
 * Checks the quota again with the document inserted. Concurrent additions wait for each other's commit, so that
 * their counts include each other.
 * @throws AppError `quota_exceeded`
 */
export async function confirmQuota(
  transaction: Queryable,
  quota: DocumentQuota,
  addition: Addition,
): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock($1)', [lockKey])
  await requireRoom(transaction, quota, addition, 0)
}

/** @param missing 1 if the document is not inserted yet; one that exists already needs no room */
async function requireRoom(
  transaction: Queryable,
  { total, perCaller }: DocumentQuota,
  { id, addedBy }: Addition,
  missing: 0 | 1,
): Promise<void> {
  const [row] = await transaction.query<{ known: boolean; own: number; all: number }>(
    `select exists (select from documents where id = $1) as known,
       count(*) filter (where added_by = $2)::int as own, count(*)::int as all
     from documents where added_by is not null`,
    [id, addedBy],
  )
  if (row === undefined || (missing === 1 && row.known)) return
  if (row.own + missing > perCaller)
    throw exceeded(`each caller can add ${perCaller} documents (MAX_DOCUMENTS_PER_CALLER)`)
  if (row.all + missing > total)
    throw exceeded(`all callers together can add ${total} documents (MAX_DOCUMENTS)`)
}

const exceeded = (limit: string): AppError =>
  new AppError(
    'quota_exceeded',
    `Document quota reached: ${limit}. Ask the operator to remove documents or raise it.`,
  )
