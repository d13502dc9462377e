import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { before, describe, it } from 'node:test'
import pg from 'pg'
import { afterFile } from '../support/cleanup.ts'
import { startStores } from '../support/stack.ts'
import { type Client, toolCall } from './support/client.ts'
import { loadDocuments, nextVictimDocument } from './support/documents.ts'
import { startTarget, type Target } from './support/target.ts'

/** Fewer than a caller's share of the connections. */
const calls = 4
const stallMs = 3_000
/** SIGUSR2 blocks the event loop, after which timers run before sockets are read. */
const blocker = `process.on('SIGUSR2',()=>Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,${stallMs}))`
const preload = `data:text/javascript,${encodeURIComponent(blocker)}`

let target: Target
let client: Client
let operator: pg.Client
/** Called once, when the next liveness probe is on its way to Postgres. */
let onProbe: (() => void) | undefined

/** Forwards connections to Postgres and delays one liveness probe. */
async function startWatchingProxy(databaseUrl: string): Promise<string> {
  const url = new URL(databaseUrl)
  const { hostname, port } = url
  const proxy = createServer((inbound) => {
    const outbound = connect(Number(port), hostname)
    outbound.pipe(inbound)
    inbound.on('data', (chunk) => {
      if (onProbe && chunk.includes('select 1\0')) {
        onProbe()
        onProbe = undefined
        // Until the stall has begun.
        setTimeout(() => outbound.write(chunk), 100)
      } else outbound.write(chunk)
    })
    inbound.on('error', () => undefined).once('close', () => outbound.destroy())
    outbound.on('error', () => undefined).once('close', () => inbound.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  afterFile(() => proxy.close())
  url.port = String((proxy.address() as AddressInfo).port)
  return url.href
}

before(async () => {
  const stores = await startStores()
  const databaseUrl = stores.env.DATABASE_URL ?? ''
  await loadDocuments(databaseUrl)
  const env = { ...stores.env, DATABASE_URL: await startWatchingProxy(databaseUrl) }
  target = await startTarget('none', { ...stores, env }, { preload })
  client = await target.createClient()
  afterFile(() => client.close())
  operator = new pg.Client(databaseUrl)
  await operator.connect()
  afterFile(() => operator.end())
})

describe('an event loop that stalls for 3 s during a liveness probe', () => {
  it('loses no call that Postgres answered', async () => {
    // Calls that wait are probed.
    await operator.query('begin; lock table documents')
    const answers = Array.from({ length: calls }, async () => {
      const { id, text } = nextVictimDocument()
      const answer = await client.post(toolCall('fetch', { id }))
      return answer.text.includes(text) ? 'right' : `${answer.status} ${answer.text}`
    })
    await new Promise<void>((resolve) => {
      onProbe = () => {
        process.kill(target.server.pid, 'SIGUSR2')
        resolve()
      }
    })
    await operator.query('commit')
    assert.deepEqual(await Promise.all(answers), Array(calls).fill('right'))
  })
})
