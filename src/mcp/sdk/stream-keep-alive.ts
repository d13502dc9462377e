/** An open answer that something can be written to. */
interface Stream {
  readonly writableNeedDrain: boolean
  write(text: string): boolean
}

export interface StreamKeepAlive {
  /** Keeps an open stream of events from looking dead until the returned function is called. */
  keep(stream: Stream): () => void
  close(): void
}

/** How often something is written to a stream: the SDK's own interval. */
const intervalSeconds = 15

/**
 * Writes a comment to all open streams now and then. The SDK does that with a timer for each, and every answer
 * to a client of 2025 is a stream too; here is one timer for all of them. Each second it serves a part of the
 * streams, because writing to thousands at once would hold up everything else.
 */
export function createStreamKeepAlive(): StreamKeepAlive {
  const groups = Array.from({ length: intervalSeconds }, () => new Set<Stream>())
  let kept = 0
  let ticks = 0
  const timer = setInterval(() => {
    for (const stream of groups[ticks++ % intervalSeconds] ?? []) {
      // Who does not read what was sent already needs no more.
      if (!stream.writableNeedDrain) stream.write(': keepalive\n\n')
    }
  }, 1_000).unref()
  return {
    keep(stream) {
      // In turns, so that clients who all come back at once are still spread.
      const group = groups[kept++ % intervalSeconds]
      group?.add(stream)
      return () => group?.delete(stream)
    },
    close: () => clearInterval(timer),
  }
}
