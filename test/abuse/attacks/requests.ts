import assert from 'node:assert/strict'
import {
  type Answer,
  type Client,
  concurrently,
  firstBytes,
  rpc,
  statusOf,
  tally,
} from '../support/client.ts'
import type { Attack } from './attack.ts'

const mebibyte = 1_024 * 1_024
/** 1.38 million are 4 MiB; 345,000 are just below the body limit. */
const emptyObjects = (count: number) => `[${Array(count).fill('{}').join(',')}]`
const search = (n: number, meta: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_wikipedia","arguments":{"query":"heap ${n}"},"_meta":{"junk":${meta}}}}`
const searchWithUnknown = (n: number, junk: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_wikipedia","arguments":{"query":"heap ${n}","junk":${junk}},"_meta":{"junk":${junk}}}}`

const count = (answers: readonly Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length
const all = (answers: readonly Answer[], status: number) => count(answers, status) === answers.length

/** Some fill the share of the caller, the others are refused. */
const areHeldOrRefused = (answers: readonly Answer[], heldStatus: number) => {
  const [held, refused] = [count(answers, heldStatus), count(answers, 503)]
  return held >= 1 && refused >= 1 && held + refused === answers.length
}

/** `{"k0":0,"k1":0,…}` */
const keys = (count: number) => `{${Array.from({ length: count }, (_, n) => `"k${n}":0`).join(',')}}`
const withKeys: readonly ((object: string) => string)[] = [
  (object) => `{"jsonrpc":"2.0","id":1,"method":"ping","params":${object}}`,
  (object) => `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":${object}}}`,
  (object) =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"fetch","arguments":${object}}}`,
  (object) =>
    `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":${object},"clientInfo":{"name":"x","version":"1"}}}`,
  (object) =>
    `{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"investigate_alert","arguments":${object}}}`,
]

/** Uploads all but the last byte. @returns the status of each response within `waitMs`, 0 for none */
async function stall(attacker: Client, connections: number, waitMs: number): Promise<Answer[]> {
  const bytes = mebibyte - 1
  const body = 'x'.repeat(bytes - 1)
  const sockets = Array.from({ length: connections }, () => attacker.open(body, { bytes }))
  const received = await Promise.all(sockets.map((socket) => firstBytes(socket, waitMs)))
  for (const socket of sockets) socket.destroy()
  return received.map((text) => ({ status: statusOf(text), text }))
}

const pings = JSON.stringify(Array.from({ length: 60 }, (_, id) => ({ ...rpc('ping'), id })))

export const requestAttacks: readonly Attack[] = [
  {
    name: 'heap: large calls that wait for a slow API',
    refusedBy:
      'body limit; JSON values; unknown arguments; body bytes of a caller until the response is sent',
    async run(attacker, { api }) {
      api.setFault({ kind: 'slow', delayMs: 1_800 })
      const [large, many] = [emptyObjects(690_000), emptyObjects(172_000)]
      const text = (bytes: number) => JSON.stringify('x'.repeat(bytes - 1_000))
      const tooLarge = await concurrently(8, 8, (n) => attacker.post(searchWithUnknown(n, large)))
      const tooMany = await concurrently(8, 8, (n) => attacker.post(searchWithUnknown(n, many)))
      // They wait for nothing; one after the other, so that none is refused for its bytes.
      const unknown = await concurrently(4, 1, (n) => attacker.post(searchWithUnknown(n, text(mebibyte / 2))))
      const waiting = await concurrently(16, 16, (n) => attacker.post(search(n, text(mebibyte))))
      api.setFault(undefined)
      assert.ok(all(tooLarge, 413), tally(tooLarge))
      assert.ok(all(tooMany, 400), tally(tooMany))
      assert.ok(
        all(unknown, 200) && unknown.every(({ text }) => text.includes('unknown argument')),
        tally(unknown),
      )
      assert.ok(areHeldOrRefused(waiting, 200), tally(waiting))
      return tally([...tooLarge, ...tooMany, ...unknown, ...waiting])
    },
  },
  {
    name: 'CPU: messages with many keys',
    refusedBy: 'body limit; JSON values',
    async run(attacker) {
      const send = (count: number) =>
        concurrently(withKeys.length, 1, (n) => attacker.post(withKeys[n]?.(keys(count)) ?? ''))
      const [tooLarge, tooMany, allowed] = [await send(330_000), await send(85_000), await send(9_900)]
      assert.ok(all(tooLarge, 413), tally(tooLarge))
      assert.ok(all(tooMany, 400) && tooMany.every(({ text }) => text.includes('-32600')), tally(tooMany))
      assert.ok(all(allowed, 200), tally(allowed))
      return tally([...tooLarge, ...tooMany, ...allowed])
    },
  },
  {
    name: 'uploads that never finish',
    refusedBy: 'body bytes of a caller; small bodies count for nothing',
    async run(attacker) {
      const answers = await stall(attacker, 40, 3_000)
      assert.ok(areHeldOrRefused(answers, 0), tally(answers))
      // The share of a caller is a quarter of the bytes for all callers.
      assert.ok(count(answers, 0) <= 16, tally(answers))
      return tally(answers)
    },
  },
  {
    name: 'large requests over the rate limit',
    refusedBy: 'rate limit before the body is read',
    async run(attacker) {
      const within: Answer[] = []
      // More than ten batches of 60 only if Redis is slow, when the server counts by itself from 0.
      while (within.length < 25 && within.at(-1)?.status !== 429) within.push(await attacker.post(pings))
      assert.equal(within.at(-1)?.status, 429, tally(within))
      const body = `[${emptyObjects(330_000)}]`
      const over = await concurrently(60, 4, () => attacker.post(body))
      assert.ok(all(over, 429), tally(over))
      const incomplete = await stall(attacker, 1, 10_000)
      assert.ok(all(incomplete, 429), 'the limit waited for the body')
      return tally([...within, ...over])
    },
  },
]
