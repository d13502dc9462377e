import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { StreamKeepAlive } from './stream-keep-alive.ts'

export const isEventStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') === true

/**
 * Sends a response of the SDK: one with a known length at once, an event stream as its events arrive.
 * @param isListen whether the stream may last for days, so that it has to wait for its reader
 */
export async function sendResponse(
  res: ServerResponse,
  response: Response,
  isListen: boolean,
  keepAlive: Pick<StreamKeepAlive, 'keep'>,
): Promise<void> {
  if (res.destroyed) return
  // The SDK sets it for streams, where it would override Node's value and the `Connection: close` of a shutdown.
  response.headers.delete('connection')
  const headers: Record<string, string | number> = Object.fromEntries(response.headers)
  if (response.body === null || !isEventStream(response)) {
    const text = await response.text()
    // Without a length, Node would write three chunks.
    if (text !== '') headers['content-length'] = Buffer.byteLength(text)
    res.writeHead(response.status, headers).end(text)
    return
  }
  res.writeHead(response.status, headers)
  const ended = keepAlive.keep(res)
  try {
    // Leaving the loop, for any reason, cancels the stream and with it the work behind it.
    for await (const chunk of response.body) {
      if (res.destroyed) return
      // A call does not wait for its reader, so that its slot is free when the work is done. `unread-output.ts` bounds
      // the memory.
      if (!res.write(chunk) && isListen) await drained(res)
    }
  } finally {
    ended()
  }
  res.end()
}

/** Resolves when the response can be written again, or is closed. */
async function drained(res: ServerResponse): Promise<void> {
  const over = new AbortController()
  const { signal } = over
  await Promise.race([once(res, 'drain', { signal }), once(res, 'close', { signal })]).finally(() =>
    over.abort(),
  )
}
