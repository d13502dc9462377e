import { setTimeout as delay } from 'node:timers/promises'

const firstWaitMs = 500
const longestWaitMs = 10_000

/** What all users share about the server's absence: it is told once that it went, and once that it is back. */
export interface Patience {
  /** Repeats `attempt` until it succeeds, with longer and longer waits. Rejects only when `signal` is aborted. */
  until<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T>
  /** To be told when a request that used to work finds no server. */
  noticed(reason: string): void
}

export function createPatience(log: (line: string) => void): Patience {
  let awaySince: number | undefined

  function noticed(reason: string): void {
    if (awaySince !== undefined) return
    awaySince = Date.now()
    log(`the server is away (${reason}); waiting for it`)
  }

  return {
    noticed,
    async until(attempt, signal) {
      for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
        try {
          const result = await attempt()
          if (awaySince !== undefined) {
            log(`the server is back after ${Math.round((Date.now() - awaySince) / 1_000)} s`)
            awaySince = undefined
          }
          return result
        } catch (error) {
          signal.throwIfAborted()
          noticed(error instanceof Error ? error.message : String(error))
          await delay(waitMs, undefined, { signal })
        }
      }
    },
  }
}
