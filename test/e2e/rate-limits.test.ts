import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { type Answer, post, postLegacy, postModern } from '../support/raw.ts'
import { startTestRedis } from '../support/redis.ts'
import { other, plain } from '../support/sample-calls.ts'
import { scrape } from '../support/scrape.ts'
import { startServer } from '../support/server.ts'
import { startStores } from '../support/stack.ts'

const eras = { modern: postModern, legacy: postLegacy }
let stores: Record<string, string>
/** The same deployment for both replicas: they share what they count. */
let deployments = 0
const limited = (limits: Record<string, string>) => ({
  ...stores,
  PUBLIC_URL: `http://localhost:${++deployments}`,
  ...limits,
})

before(async () => {
  stores = (await startStores()).env
})

const callPlain = (url: URL, send = postModern) => send(url, 'tools/call', plain.call)
const statusesOf = async (count: number, send: (turn: number) => Promise<Answer>) => {
  const statuses: number[] = []
  for (let turn = 0; turn < count; turn++) statuses.push((await send(turn)).status)
  return statuses
}
const field = ({ headers }: Answer, name: string) => headers.get(name) ?? ''

describe('the limit of a caller', () => {
  it('is one for all replicas', async () => {
    const env = limited({ RATE_LIMIT_CALLER_PER_MINUTE: '6' })
    const urls = [(await startServer(env)).mcpUrl, (await startServer(env)).mcpUrl]
    const statuses = await statusesOf(10, (turn) => postModern(urls[turn % 2] as URL, 'tools/list'))
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200, 429, 429, 429, 429])
  })

  it('is told in every answer, and refuses in the form of either era', async () => {
    for (const [era, send] of Object.entries(eras)) {
      const { mcpUrl, url, line } = await startServer(limited({ RATE_LIMIT_CALLER_PER_MINUTE: '2' }))
      const first = await send(mcpUrl, 'tools/list')
      assert.equal(first.status, 200)
      assert.equal(field(first, 'ratelimit-policy'), '"caller";q=2;w=60, "tool";q=1000000;w=60')
      assert.match(field(first, 'ratelimit'), /^"caller";r=1;t=\d+$/)
      await send(mcpUrl, 'tools/list')
      const refused = await send(mcpUrl, 'tools/list')
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
          message: `Too many requests: the limit is 2 a minute for each caller. Try again in ${wait} s.`,
        },
      })
      assert.equal((await scrape(url)).sum('mcp_requests_rejected_total', { reason: 'rate_limited' }), 1)
      const logged = await line(({ reason }) => reason === 'rate_limited')
      assert.equal(logged['http.response.status_code'], 429)
      assert.equal((await fetch(`${url}/livez`)).status, 200)
    }
  })

  it('counts each message of a 2025 batch', async () => {
    const { mcpUrl } = await startServer(limited({ RATE_LIMIT_CALLER_PER_MINUTE: '5' }))
    const batch = [1, 2, 3].map((id) => ({ jsonrpc: '2.0', id, method: 'tools/list' }))
    const send = () => post(mcpUrl, batch, { 'mcp-protocol-version': '2025-03-26' })
    assert.deepEqual(await statusesOf(2, send), [200, 429])
  })

  it('is kept by each process alone while Redis is away', async () => {
    const redis = await startTestRedis()
    const env = limited({ RATE_LIMIT_CALLER_PER_MINUTE: '5', REDIS_URL: redis.url })
    const servers = [await startServer(env), await startServer(env)]
    assert.deepEqual(await statusesOf(3, () => callPlain(servers[0]?.mcpUrl as URL)), [200, 200, 200])
    await redis.stop()
    for (const { mcpUrl, line } of servers) {
      assert.deepEqual(await statusesOf(7, () => callPlain(mcpUrl)), [200, 200, 200, 200, 200, 429, 429])
      await line(({ message }) => message === 'limits are counted by this process alone')
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
    const { mcpUrl } = await startServer(limited({ RATE_LIMIT_TOOL_PER_MINUTE: '2' }))
    assert.deepEqual(await statusesOf(3, () => callPlain(mcpUrl)), [200, 200, 429])
    assert.deepEqual(await statusesOf(1, () => callPlain(mcpUrl, postLegacy)), [429])
    const another = await postModern(mcpUrl, 'tools/call', other.call)
    assert.equal(another.status, 200)
    assert.match(field(another, 'ratelimit'), /^"caller";r=\d+;t=\d+, "tool";r=1;t=\d+$/)
    const madeUp = (turn: number) =>
      postModern(mcpUrl, 'tools/call', { name: `made-up-${turn}`, arguments: {} })
    assert.deepEqual(await statusesOf(3, madeUp), [200, 200, 429])
  })
})

describe('the limit of an address', () => {
  const from = (url: URL, forwardedFor: string) =>
    postModern(url, 'tools/list', {}, { 'x-forwarded-for': forwardedFor })

  it('is that of the connection, whatever X-Forwarded-For says', async () => {
    const { mcpUrl, url } = await startServer(limited({ RATE_LIMIT_IP_PER_MINUTE: '3' }))
    const statuses = await statusesOf(5, (turn) => from(mcpUrl, `198.51.100.${turn}`))
    assert.deepEqual(statuses, [200, 200, 200, 429, 429])
    const refused = await from(mcpUrl, '203.0.113.1')
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
    const forged = await statusesOf(3, (turn) => from(mcpUrl, `203.0.113.${turn}, 198.51.100.1`))
    assert.deepEqual(forged, [200, 200, 429])
    assert.deepEqual(await statusesOf(3, () => from(mcpUrl, '198.51.100.1, 198.51.100.2')), [200, 200, 429])
    // One client cannot use up what belongs to another one, though neither is known by name.
    assert.equal(field(await from(mcpUrl, '198.51.100.3'), 'ratelimit').slice(0, 12), '"caller";r=2')
    assert.deepEqual(await statusesOf(3, () => from(mcpUrl, 'nonsense')), [200, 200, 429])
  })
})
