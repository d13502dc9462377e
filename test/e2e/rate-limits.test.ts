import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { post, postLegacy, postModern, type RawResponse } from '../support/raw.ts'
import { startTestRedis } from '../support/redis.ts'
import { other, plain } from '../support/sample-calls.ts'
import { scrape } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { startStores } from '../support/stack.ts'

const eras = { modern: postModern, legacy: postLegacy }
let stores: Record<string, string>
/** Takes the address of a caller from X-Forwarded-For, so that each test is a caller of its own. */
let server: RunningServer
/** The same deployment for both replicas: they share what they count. */
let deployments = 0
const limited = (limits: Record<string, string>) => ({
  ...stores,
  PUBLIC_URL: `http://localhost:${++deployments}`,
  ...limits,
})

before(async () => {
  stores = (await startStores()).env
  server = await startServer(
    limited({ RATE_LIMIT_CALLER_PER_MINUTE: '5', RATE_LIMIT_TOOL_PER_MINUTE: '2', TRUSTED_PROXY_HOPS: '1' }),
  )
})

const from = (address: string) => ({ 'x-forwarded-for': address })
const callPlain = (url: URL, address: string, send = postModern) =>
  send(url, 'tools/call', plain.call, from(address))
const statusesOf = async (count: number, send: (turn: number) => Promise<RawResponse>) => {
  const statuses: number[] = []
  for (let turn = 0; turn < count; turn++) statuses.push((await send(turn)).status)
  return statuses
}
const field = ({ headers }: RawResponse, name: string) => headers.get(name) ?? ''

describe('the limit of a caller', () => {
  it('is stated in every answer and rejects in the form of either protocol era', async () => {
    for (const [index, [era, send]] of Object.entries(eras).entries()) {
      const { mcpUrl, url, line } = server.fromNow()
      const list = () => send(mcpUrl, 'tools/list', {}, from(`198.51.100.${index}`))
      const first = await list()
      assert.equal(first.status, 200)
      assert.equal(field(first, 'ratelimit-policy'), '"caller";q=5;w=60, "tool";q=2;w=60')
      assert.match(field(first, 'ratelimit'), /^"caller";r=4;t=\d+$/)
      assert.deepEqual(await statusesOf(4, list), [200, 200, 200, 200])
      const refused = await list()
      assert.equal(refused.status, 429, era)
      const wait = Number(field(refused, 'retry-after'))
      assert.ok(wait >= 1 && wait <= 60, `${wait}`)
      assert.equal(field(refused, 'ratelimit-policy'), field(first, 'ratelimit-policy'))
      assert.equal(field(refused, 'ratelimit'), `"caller";r=0;t=${wait}`)
      assert.match(field(refused, 'content-type'), /^application\/json/)
      assert.deepEqual(refused.message, {
        jsonrpc: '2.0',
        id: 1,
        error: {
          code: -32000,
          message: `Too many requests: the limit is 5 a minute for each caller. Try again in ${wait} s.`,
        },
      })
      assert.equal(
        (await scrape(url)).sum('mcp_requests_rejected_total', { reason: 'rate_limited' }),
        index + 1,
      )
      const logged = await line(({ reason }) => reason === 'rate_limited')
      assert.equal(logged['http.response.status_code'], 429)
      assert.equal((await fetch(`${url}/livez`)).status, 200)
    }
  })

  it('counts each message of a 2025 batch', async () => {
    const batch = [1, 2, 3].map((id) => ({ jsonrpc: '2.0', id, method: 'tools/list' }))
    const headers = { 'mcp-protocol-version': '2025-03-26', ...from('198.51.100.10') }
    assert.deepEqual(await statusesOf(2, () => post(server.mcpUrl, batch, headers)), [200, 429])
  })

  it('is shared by all replicas, and kept by each process alone while Redis is away', async () => {
    const redis = await startTestRedis()
    const env = limited({ RATE_LIMIT_CALLER_PER_MINUTE: '5', REDIS_URL: redis.url, TRUSTED_PROXY_HOPS: '1' })
    const replicas = await Promise.all([startServer(env), startServer(env)])
    const urls = replicas.map(({ mcpUrl }) => mcpUrl)
    assert.deepEqual(
      await statusesOf(8, (turn) => callPlain(urls[turn % 2] as URL, '198.51.100.1')),
      [200, 200, 200, 200, 200, 429, 429, 429],
    )
    assert.deepEqual(await statusesOf(3, () => callPlain(urls[0] as URL, '198.51.100.2')), [200, 200, 200])
    await redis.stop()
    for (const { mcpUrl, line } of replicas) {
      assert.deepEqual(
        await statusesOf(7, () => callPlain(mcpUrl, '198.51.100.2')),
        [200, 200, 200, 200, 200, 429, 429],
      )
      await line(({ message }) => message === 'rate limiting fell back to in-process counters')
    }
  })

  it('is not there when it is switched off', async () => {
    const { mcpUrl } = await startServer(
      limited({ RATE_LIMIT: 'off', RATE_LIMIT_CALLER_PER_MINUTE: '1', RATE_LIMIT_IP_PER_MINUTE: '1' }),
    )
    for (let n = 0; n < 5; n++) {
      const answer = await postModern(mcpUrl, 'tools/list')
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('ratelimit'), null)
    }
  })
})

describe('the limit of a tool', () => {
  it('leaves the other tools alone, and counts names that are made up as one', async () => {
    const { mcpUrl } = server
    const address = '198.51.100.20'
    assert.deepEqual(await statusesOf(3, () => callPlain(mcpUrl, address)), [200, 200, 429])
    assert.deepEqual(await statusesOf(1, () => callPlain(mcpUrl, address, postLegacy)), [429])
    const another = await postModern(mcpUrl, 'tools/call', other.call, from(address))
    assert.equal(another.status, 200)
    assert.match(field(another, 'ratelimit'), /^"caller";r=\d+;t=\d+, "tool";r=1;t=\d+$/)
    const madeUp = (turn: number) =>
      postModern(mcpUrl, 'tools/call', { name: `made-up-${turn}`, arguments: {} }, from('198.51.100.21'))
    assert.deepEqual(await statusesOf(3, madeUp), [200, 200, 429])
  })
})

describe('the limit of an address', () => {
  const list = (url: URL, forwardedFor: string) => postModern(url, 'tools/list', {}, from(forwardedFor))

  it('is that of the connection, whatever X-Forwarded-For says', async () => {
    const { mcpUrl, url } = await startServer(limited({ RATE_LIMIT_IP_PER_MINUTE: '3' }))
    const statuses = await statusesOf(5, (turn) => list(mcpUrl, `198.51.100.${turn}`))
    assert.deepEqual(statuses, [200, 200, 200, 429, 429])
    const refused = await list(mcpUrl, '203.0.113.1')
    assert.match(field(refused, 'ratelimit-policy'), /^"address";q=3;w=60$/)
    assert.ok(Number(field(refused, 'retry-after')) >= 1)
    assert.equal(refused.message.error.code, -32000)
    assert.doesNotMatch(refused.text, /203\.0|127\.0/)
    assert.equal((await fetch(`${url}/documents/guides.quick-start`)).status, 429, 'pages are limited too')
    for (const path of ['livez', 'readyz', 'metrics'])
      assert.equal((await fetch(`${url}/${path}`)).status, 200, path)
  })

  it('is that of the last entry behind one trusted proxy, and of no other entry', async () => {
    const { mcpUrl } = await startServer(
      limited({ RATE_LIMIT_IP_PER_MINUTE: '2', RATE_LIMIT_CALLER_PER_MINUTE: '3', TRUSTED_PROXY_HOPS: '1' }),
    )
    const forged = await statusesOf(3, (turn) => list(mcpUrl, `203.0.113.${turn}, 198.51.100.1`))
    assert.deepEqual(forged, [200, 200, 429])
    assert.deepEqual(await statusesOf(3, () => list(mcpUrl, '198.51.100.1, 198.51.100.2')), [200, 200, 429])
    // One client cannot use up what belongs to another one, though neither is known by name.
    assert.equal(field(await list(mcpUrl, '198.51.100.3'), 'ratelimit').slice(0, 12), '"caller";r=2')
    assert.deepEqual(await statusesOf(3, () => list(mcpUrl, 'nonsense')), [200, 200, 429])
  })
})
