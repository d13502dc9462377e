import type { Database } from '../postgres/database.ts'

/** What a load may put aside for an index before it has to merge it itself: more than builds up between two merges. */
export const maxPendingList = '64MB'

export interface IndexUpkeep {
  /** Merges what has been put aside so far, in the background, unless that is going on already. */
  run(): void
  /** Resolves when nothing is left to merge. Never rejects. */
  finish(): Promise<void>
}

/**
 * A GIN index puts new entries aside and merges them later. Done here on a second connection, a load need
 * not stop for it, and searches, which read all that was put aside, find little of it. Where the account
 * does not own the indexes Postgres refuses; then the load or autovacuum merges, which only takes longer.
 */
export function createIndexUpkeep(database: Database): IndexUpkeep {
  let running: Promise<void> | undefined
  const merge = async () => {
    for (const index of ['documents_search', 'documents_heading']) {
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
