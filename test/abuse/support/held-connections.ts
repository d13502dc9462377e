import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { openUnread } from '../attacks/responses.ts'
import type { Client } from './client.ts'

/** Longer than the server waits for a request or for a reader, and shorter than its timeout of idle connections. */
const heldMs = 34_000
const uploadBytes = 1_000_000

/**
 * Opens connections of a client that neither finishes its upload nor reads its response.
 * @returns the connections that the server has not ended after `heldMs`
 */
export async function holdConnections(client: Client): Promise<string[]> {
  const held = {
    'unread response': openUnread(client),
    'unfinished upload': client.open('x'.repeat(uploadBytes / 2), { bytes: uploadBytes }),
  }
  await delay(heldMs)
  const ended = Object.entries(held).map(async ([name, socket]) => ((await ends(socket)) ? [] : [name]))
  const names = (await Promise.all(ended)).flat()
  client.close()
  return names
}

/** Reads everything that the kernel has kept. */
async function ends(socket: Socket): Promise<boolean> {
  if (socket.closed) return true
  const closed = once(socket.resume(), 'close', { signal: AbortSignal.timeout(5_000) })
  return closed.then(
    () => true,
    () => false,
  )
}
