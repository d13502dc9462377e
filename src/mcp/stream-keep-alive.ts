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

/** How often proxies see something on a stream: the SDK's own interval. */
const intervalMs = 15_000

/**
 * Writes a comment to all open streams now and then. The SDK does that with a timer for each, and every answer
 * to a client of 2025 is a stream too; here is one timer for all of them.
 */
export function createStreamKeepAlive(): StreamKeepAlive {
  const streams = new Set<Stream>()
  const timer = setInterval(() => {
    // Who does not read what was sent already needs no more.
    for (const stream of streams) if (!stream.writableNeedDrain) stream.write(': keepalive\n\n')
  }, intervalMs).unref()
  return {
    keep(stream) {
      streams.add(stream)
      return () => streams.delete(stream)
    },
    close: () => clearInterval(timer),
  }
}
