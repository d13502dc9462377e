import type { IncomingMessage } from 'node:http'

export interface BodyLimits {
  /** Maximum size of one body, in bytes. */
  readonly maxBytes: number
  /** Maximum size of all bodies of one caller, from the first byte until the response is sent. */
  readonly maxBytesOfCaller: number
  /** The same for all callers together. */
  readonly maxTotalBytes: number
}

/** @param maxBytes at most 16 MiB */
export const bodyLimits = (maxBytes = 1024 * 1024): BodyLimits => ({
  maxBytes,
  // A caller can always send one body.
  maxBytesOfCaller: Math.max(8 * 1024 * 1024, maxBytes),
  maxTotalBytes: 32 * 1024 * 1024,
})

/** Bytes of each body that do not count against the shared limits, so that ordinary requests always pass. */
const uncountedBytes = 16 * 1024
/** Bytes to read and discard of a body that is too large, so that the client sees the response before the cut-off. */
const maxDiscardedBytes = 64 * 1024 * 1024

export type BodyText = { readonly text: string } | 'too large' | 'too many' | 'gone'

export interface BodyReader {
  /**
   * @param caller whose share the body counts against
   * @param onFinish registers the task that releases the body's share when its response is sent
   */
  read(req: IncomingMessage, caller: string, onFinish: (task: () => void) => void): Promise<BodyText>
}

/**
 * Reads bodies within limits per body, per caller and in all. Fast path: event listeners instead of async iteration,
 * which costs more and would destroy the connection when it stops early.
 */
export function createBodyReader({ maxBytes, maxBytesOfCaller, maxTotalBytes }: BodyLimits): BodyReader {
  let heldTotal = 0
  const heldOf = new Map<string, number>()

  function hold(caller: string, bytes: number): boolean {
    const ofCaller = (heldOf.get(caller) ?? 0) + bytes
    if (ofCaller > maxBytesOfCaller || heldTotal + bytes > maxTotalBytes) return false
    heldTotal += bytes
    heldOf.set(caller, ofCaller)
    return true
  }

  function free(caller: string, bytes: number): void {
    heldTotal -= bytes
    const left = (heldOf.get(caller) ?? 0) - bytes
    if (left > 0) heldOf.set(caller, left)
    else heldOf.delete(caller)
  }

  return {
    read: (req, caller, onFinish) =>
      new Promise((resolve) => {
        // The client may have left while its credential was checked.
        if (req.destroyed) {
          resolve('gone')
          return
        }
        let chunks: Buffer[] = []
        let size = 0
        let held = 0
        let rejected: 'too large' | 'too many' | undefined
        function release(): void {
          if (held > 0) free(caller, held)
          held = 0
          chunks = []
        }
        function fail(reason: Exclude<BodyText, object>): void {
          release()
          resolve(reason)
        }
        onFinish(release)
        req.on('data', (chunk: Buffer) => {
          size += chunk.byteLength
          if (size > maxDiscardedBytes) {
            fail('too large')
            req.destroy()
          } else if (rejected !== undefined) {
            return
          } else if (size > maxBytes) {
            rejected = 'too large'
            release()
          } else {
            const counted = Math.max(0, size - uncountedBytes) - held
            if (counted > 0 && !hold(caller, counted)) {
              rejected = 'too many'
              fail(rejected)
              return
            }
            held += Math.max(0, counted)
            chunks.push(chunk)
          }
        })
        req.once('end', () => (rejected ? fail(rejected) : resolve({ text: textOf(chunks) })))
        // Both can follow 'end', when settling again has no effect.
        req.once('error', () => resolve('gone'))
        req.once('close', () => resolve('gone'))
      }),
  }
}

/** Strips the byte order mark that some clients send. */
function textOf([first, ...others]: readonly Buffer[]): string {
  if (first === undefined) return ''
  const text = (others.length === 0 ? first : Buffer.concat([first, ...others])).toString()
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
