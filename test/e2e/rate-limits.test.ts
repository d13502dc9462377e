import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { post, postLegacy, postModern, type RawResponse } from '../support/raw.ts'
import { startTestRedis } from '../support/redis.ts'
import { other, plain } from '../support/sample-calls.ts'
import { scrape } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { startStores } from '../support/stack.ts'

const revisions = { '2026-07-28': postModern, '2025-11-25': postLegacy }
let stores: Record<string, string>
/** Trusts X-Forwarded-For, so that each test has a caller of its own. */
let server: RunningServer
/** Servers with the same PUBLIC_URL share counters; each call of `limited` is a new deployment. */
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

describe('the rate limit per caller', () => {
  it('sets RateLimit headers on every response and rejects with 429 in both protocol revisions', async () => {
    for (const [index, [revision, send]] of Object.entries(revisions).entries()) {
      const { mcpUrl, url, line } = server.fromNow()
      const list = () => send(mcpUrl, 'tools/list', {}, from(`198.51.100.${index}`))
      const first = await list()
      assert.equal(first.status, 200)
      assert.equal(field(first, 'ratelimit-policy'), '"caller";q=5;w=60, "tool";q=2;w=60')
      assert.match(field(first, 'ratelimit'), /^"caller";r=4;t=\d+$/)
      assert.deepEqual(await statusesOf(4, list), [200, 200, 200, 200])
      const rejected = await list()
      assert.equal(rejected.status, 429, revision)
      const wait = Number(field(rejected, 'retry-after'))
      assert.ok(wait >= 1 && wait <= 60, `${wait}`)
      assert.equal(field(rejected, 'ratelimit-policy'), field(first, 'ratelimit-policy'))
      assert.equal(field(rejected, 'ratelimit'), `"caller";r=0;t=${wait}`)
      assert.match(field(rejected, 'content-type'), /^application\/json/)
      assert.deepEqual(rejected.message, {
        jsonrpc: '2.0',
        id: 1,
        error: {
          code: -32000,
          message: `Too many requests: the limit is 5 a minute for each caller. Try again in ${wait} s.`,
        },
      })
      assert.equal(
        (await scrape(url)).sum('mcp_requests_rejected_total', { reason: 'rate_limited' }),
        2 * index + 1,
      )
      const logged = await line(({ reason }) => reason === 'rate_limited')
      assert.equal(logged['http.response.status_code'], 429)
      assert.equal((await fetch(`${url}/livez`)).status, 200)
      // Now before the body is read, but still with the id: some clients drop an error without one.
      assert.equal((await list()).message.id, 1, revision)
    }
  })

  it('counts each message of a batch', async () => {
    const batch = [1, 2, 3].map((id) => ({ jsonrpc: '2.0', id, method: 'tools/list' }))
    const headers = { 'mcp-protocol-version': '2025-03-26', ...from('198.51.100.10') }
    assert.deepEqual(await statusesOf(2, () => post(server.mcpUrl, batch, headers)), [200, 429])
  })

  it('is shared by all replicas and counted per process while Redis is unavailable', async () => {
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

  it('is disabled by RATE_LIMIT=off', async () => {
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

describe('the rate limit per tool', () => {
  it('does not affect other tools and counts all unknown tool names together', async () => {
    const { mcpUrl } = server
    const address = '198.51.100.20'
    assert.deepEqual(await statusesOf(3, () => callPlain(mcpUrl, address)), [200, 200, 429])
    const failed = await callPlain(mcpUrl, address, postLegacy)
    assert.match(failed.message.result.content[0].text, /^rate_limited: .* for each tool/)
    const another = await postModern(mcpUrl, 'tools/call', other.call, from(address))
    assert.equal(another.status, 200)
    assert.match(field(another, 'ratelimit'), /^"caller";r=\d+;t=\d+, "tool";r=1;t=\d+$/)
    const callUnknown = (turn: number) =>
      postModern(mcpUrl, 'tools/call', { name: `unknown-${turn}`, arguments: {} }, from('198.51.100.21'))
    assert.deepEqual(await statusesOf(3, callUnknown), [200, 200, 429])
  })
})

describe('the rate limit per IP address', () => {
  const list = (url: URL, forwardedFor: string) => postModern(url, 'tools/list', {}, from(forwardedFor))

  it('uses the address of the connection and ignores X-Forwarded-For by default', async () => {
    const { mcpUrl, url } = await startServer(limited({ RATE_LIMIT_IP_PER_MINUTE: '3' }))
    const statuses = await statusesOf(5, (turn) => list(mcpUrl, `198.51.100.${turn}`))
    assert.deepEqual(statuses, [200, 200, 200, 429, 429])
    const rejected = await list(mcpUrl, '203.0.113.1')
    assert.match(field(rejected, 'ratelimit-policy'), /^"address";q=3;w=60$/)
    assert.ok(Number(field(rejected, 'retry-after')) >= 1)
    assert.equal(rejected.message.error.code, -32000)
    assert.doesNotMatch(rejected.text, /203\.0|127\.0/)
    assert.equal(
      (await fetch(`${url}/documents/guides.quick-start`)).status,
      429,
      'the limit does not cover pages',
    )
    for (const path of ['livez', 'readyz', 'metrics'])
      assert.equal((await fetch(`${url}/${path}`)).status, 200, path)
  })

  it('uses the last X-Forwarded-For entry behind one trusted proxy', async () => {
    const { mcpUrl } = await startServer(
      limited({ RATE_LIMIT_IP_PER_MINUTE: '2', RATE_LIMIT_CALLER_PER_MINUTE: '3', TRUSTED_PROXY_HOPS: '1' }),
    )
    const forged = await statusesOf(3, (turn) => list(mcpUrl, `203.0.113.${turn}, 198.51.100.1`))
    assert.deepEqual(forged, [200, 200, 429])
    assert.deepEqual(await statusesOf(3, () => list(mcpUrl, '198.51.100.1, 198.51.100.2')), [200, 200, 429])
    // Anonymous clients at different addresses have separate quotas.
    assert.equal(field(await list(mcpUrl, '198.51.100.3'), 'ratelimit').slice(0, 12), '"caller";r=2')
    assert.deepEqual(await statusesOf(3, () => list(mcpUrl, 'nonsense')), [200, 200, 429])
  })
})
