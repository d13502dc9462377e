import type { IncomingMessage } from 'node:http'

/** Bytes a request's body may have: the SDK's own default. */
export const maxBodyBytes = 4 * 1024 * 1024
/** Bytes of bodies that may be on their way at the same time: many clients that send slowly must not fill the memory. */
const maxArrivingBytes = 32 * 1024 * 1024
/** What is read of a body that is too large, so that its sender gets to see the answer; then it is cut off. */
const maxDiscardedBytes = 64 * 1024 * 1024

export type Body = { readonly text: string } | 'too large' | 'too many' | 'gone'

/**
 * Reads bodies, each within its own limit and all together within one. Listens instead of iterating, which
 * costs more, and would break the connection where it stops early.
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
      let refused: 'too large' | 'too many' | undefined
      req.on('data', (chunk: Buffer) => {
        size += chunk.byteLength
        if (size > maxDiscardedBytes) {
          settle('too large')
          req.destroy()
        } else if (size > maxBodyBytes) {
          refused ??= 'too large'
        } else if (refused === undefined && arriving + chunk.byteLength > maxArrivingBytes) {
          refused = 'too many'
          settle(refused)
        } else if (refused === undefined) {
          arriving += chunk.byteLength
          kept += chunk.byteLength
          chunks.push(chunk)
        }
      })
      req.once('end', () => settle(refused ?? { text: textOf(chunks) }))
      // Both come after the end too, when nothing is decided by them any more.
      req.once('error', () => settle('gone'))
      req.once('close', () => settle('gone'))
    })
}

/** Without the byte order mark that some clients begin with. */
function textOf([first, ...others]: readonly Buffer[]): string {
  if (first === undefined) return ''
  const text = (others.length === 0 ? first : Buffer.concat([first, ...others])).toString()
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
