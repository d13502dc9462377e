import type { Database } from '../postgres/database.ts'

/** Pending-list size at which the load itself must merge: more than accumulates between two background merges. */
export const maxPendingList = '64MB'

export interface IndexUpkeep {
  /** Starts a background merge of the pending lists, unless one is running. */
  run(): void
  /** Resolves when the pending lists are merged. Never rejects. */
  finish(): Promise<void>
}

/**
 * GIN indexes append new entries to a pending list, which every search scans until it is merged. Merging on a
 * second connection keeps the list short without stalling the load. A role that does not own the indexes gets an
 * error, and the load or autovacuum merges instead, which is only slower.
 */
export function createIndexUpkeep(database: Database): IndexUpkeep {
  let running: Promise<void> | undefined
  const merge = async () => {
    for (const index of ['documents_search', 'documents_search_heading']) {
      await database.query('select gin_clean_pending_list($1::regclass)', [index]).catch(() => undefined)
    }
    running = undefined
  }
  return {
    run() {
      running ??= merge()
    },
    async finish() {
      await running
      await merge()
    },
  }
}
