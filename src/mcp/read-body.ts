import type { IncomingMessage } from 'node:http'

/** Maximum size of a request body: the SDK's default. */
export const maxBodyBytes = 4 * 1024 * 1024
/** Maximum buffered bytes of incomplete bodies, so that slow clients cannot exhaust memory. */
const maxArrivingBytes = 32 * 1024 * 1024
/** Bytes to read and discard of a body that is too large, so that the client sees the response before the cut-off. */
const maxDiscardedBytes = 64 * 1024 * 1024

export type Body = { readonly text: string } | 'too large' | 'too many' | 'gone'

/**
 * Reads bodies within a limit per body and one for all. Fast path: event listeners instead of async iteration, which
 * costs more and would destroy the connection when it stops early.
 */
export function createBodyReader(): (req: IncomingMessage) => Promise<Body> {
  let arriving = 0
  return (req) =>
    new Promise((resolve) => {
      let chunks: Buffer[] = []
      let size = 0
      let kept = 0
      function settle(body: Body): void {
        arriving -= kept
        kept = 0
        chunks = []
        resolve(body)
      }
      let rejected: 'too large' | 'too many' | undefined
      req.on('data', (chunk: Buffer) => {
        size += chunk.byteLength
        if (size > maxDiscardedBytes) {
          settle('too large')
          req.destroy()
        } else if (size > maxBodyBytes) {
          rejected ??= 'too large'
        } else if (rejected === undefined && arriving + chunk.byteLength > maxArrivingBytes) {
          rejected = 'too many'
          settle(rejected)
        } else if (rejected === undefined) {
          arriving += chunk.byteLength
          kept += chunk.byteLength
          chunks.push(chunk)
        }
      })
      req.once('end', () => settle(rejected ?? { text: textOf(chunks) }))
      // Both can follow 'end', when settling again has no effect.
      req.once('error', () => settle('gone'))
      req.once('close', () => settle('gone'))
    })
}

/** Strips the byte order mark that some clients send. */
function textOf([first, ...others]: readonly Buffer[]): string {
  if (first === undefined) return ''
  const text = (others.length === 0 ? first : Buffer.concat([first, ...others])).toString()
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
