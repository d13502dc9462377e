import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { envelope } from '../../support/raw.ts'
import { type Client, concurrently, firstBytes, rpc, statusOf, tally, toolCall } from '../support/client.ts'
import { expensive } from '../support/documents.ts'
import type { Attack } from './attack.ts'

const modernHeaders = (method: string, name?: string) => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
  ...(name && { 'mcp-name': name }),
})

const listen = (notifications: object) =>
  JSON.stringify(rpc('subscriptions/listen', { notifications, _meta: envelope }))

/** A batch of calls with 400 kB of response each: more than the kernel buffers. */
const batchOf = (calls: number) =>
  JSON.stringify(
    Array.from({ length: calls }, (_, id) => ({ ...toolCall('fetch', { id: expensive.images.id }), id })),
  )

/** A response of 400 kB, from the largest document that a caller can add. */
const largeFetch = JSON.stringify(toolCall('fetch', { id: expensive.images.id }, { _meta: envelope }))

/** Requests a large response and does not read it. */
export const openUnread = (client: Client) => client.open(batchOf(28))

export const responseAttacks: readonly Attack[] = [
  {
    name: 'batches whose responses nobody reads',
    refusedBy: 'slots of a caller; end of slow readers',
    async run(attacker) {
      // 280 calls, more than the slots of all callers.
      const unread = Array.from({ length: 10 }, () => openUnread(attacker))
      const answers = await Promise.all(
        unread.map(async (socket) => ({ status: statusOf(await firstBytes(socket, 10_000)) })),
      )
      await delay(1_500)
      for (const socket of unread) socket.destroy()
      const [taken, refused] = [200, 503].map((status) => answers.filter((a) => a.status === status).length)
      assert.ok(taken && refused && taken + refused === 10, tally(answers))
      return tally(answers)
    },
  },
  {
    name: 'large responses that nobody reads',
    refusedBy: 'unread output of a caller',
    async run(attacker) {
      const headers = modernHeaders('tools/call', 'fetch')
      const sockets = await concurrently(14, 3, async () => {
        const socket = attacker.open(largeFetch, { times: 20, headers })
        const status = statusOf(await firstBytes(socket, 20_000))
        await delay(500)
        return { socket, status }
      })
      for (const { socket } of sockets) socket.destroy()
      const [taken, refused] = [200, 503].map((status) => sockets.filter((s) => s.status === status).length)
      assert.ok(taken && refused && taken + refused === 14, tally(sockets))
      return tally(sockets)
    },
  },
  {
    name: 'streams',
    refusedBy: 'streams of a caller; streams that can never get an event',
    async run(attacker) {
      const headers = modernHeaders('subscriptions/listen')
      // At most 100 at a time, because the kernel queues only some hundred new connections.
      const open = (count: number, notifications: object) =>
        concurrently(count, 100, async () => {
          const socket = attacker.open(listen(notifications), { headers })
          return { status: statusOf(await firstBytes(socket, 20_000)) }
        })
      const idle = await open(10, {})
      const others = await open(580, { resourcesListChanged: true })
      assert.ok(
        idle.every(({ status }) => status === 400),
        tally(idle),
      )
      const [opened, refused] = [200, 503].map((status) => others.filter((a) => a.status === status).length)
      assert.ok(opened && refused && opened <= 20 && opened + refused === 580, tally(others))
      return tally([...idle, ...others])
    },
  },
]
