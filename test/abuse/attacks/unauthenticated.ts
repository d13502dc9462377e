import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { concurrently, tally } from '../support/client.ts'
import type { Attack } from './attack.ts'

const sockets = 4
/** Pipelined requests of one connection at a time. */
const depth = 16

/** A request that a gateway forwards for `address`. */
const forwarded = (host: string, address: string) =>
  `GET /none HTTP/1.1\r\nhost: ${host}\r\nx-forwarded-for: ${address}\r\n\r\n`

/** Sends pipelined requests and counts the responses by status. */
async function sendFrom(serverUrl: string, addresses: readonly string[]): Promise<Map<string, number>> {
  const { hostname, port, host } = new URL(serverUrl)
  const counts = new Map<string, number>()
  let next = 0
  await Promise.all(
    Array.from({ length: sockets }, async () => {
      const socket = connect(Number(port), hostname)
      while (next < addresses.length) {
        const batch = addresses.slice(next, next + depth)
        next += batch.length
        socket.write(batch.map((address) => forwarded(host, address)).join(''))
        for (const status of await statuses(socket, batch.length))
          counts.set(status, (counts.get(status) ?? 0) + 1)
      }
      socket.destroy()
    }),
  )
  return counts
}

function statuses(socket: Socket, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let text = ''
    function onData(chunk: Buffer): void {
      text += chunk
      const found = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status)
      if (found.length < count) return
      socket.off('data', onData).off('close', onClose)
      resolve(found)
    }
    const onClose = () => reject(new Error('the server closed the connection'))
    socket.on('data', onData).once('close', onClose)
  })
}

export const unauthenticatedAttacks: readonly Attack[] = [
  {
    name: '32 loops of GET /metrics',
    refusedBy: 'shared renderings; requests of an address',
    async run(attacker) {
      const answers = await concurrently(32 * 10, 32, () => attacker.send({ path: '/metrics' }))
      assert.ok(
        answers.every(({ status }) => [200, 429, 503].includes(status)),
        tally(answers),
      )
      return tally(answers)
    },
  },
  {
    name: '50,000 networks of one IPv6 /48',
    refusedBy: 'requests of a /48; small counts evicted',
    beforeAuthentication: true,
    async run(_attacker, { server }) {
      // Some more than the addresses that the server counts.
      const networks = Array.from({ length: 51_500 }, (_, n) => `2001:db8:1:${n.toString(16)}::1`)
      const counts = await sendFrom(server.url, networks)
      const newcomers = ['203.0.113.7', '2001:db8:2::1']
      assert.deepEqual(
        [...(await sendFrom(server.url, newcomers))],
        [['404', 2]],
        'new addresses are locked out',
      )
      assert.ok((counts.get('429') ?? 0) > 0, JSON.stringify([...counts]))
      return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ')
    },
  },
]
