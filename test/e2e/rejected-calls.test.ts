import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { storeKey } from '../support/api-keys.ts'
import { connectLegacy, connectV1 } from '../support/clients.ts'
import { bearer, post, postLegacy, postModern } from '../support/raw.ts'
import { injectLatency, other, plain } from '../support/sample-calls.ts'
import { scrape, untilInFlight } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'

/** Allows two calls at a time, and five messages of a key a minute. */
let stack: Stack
let server: RunningServer

before(async () => {
  stack = await startStack({
    AUTH_MODE: 'api-key',
    MAX_CONCURRENT_CALLS: '2',
    RATE_LIMIT_CALLER_PER_MINUTE: '5',
  })
  server = stack.server
})

const newKey = async (scopes = plain.scope) => (await storeKey(stack.env.DATABASE_URL ?? '', scopes)).key
const rejectedFor = async (reason: string) =>
  (await scrape(server.url)).sum('mcp_requests_rejected_total', { reason })

for (const [client, connect] of [
  ['SDK v1', connectV1],
  ['SDK v2', connectLegacy],
] as const) {
  describe(`a rejected tools/call of the ${client} client, 2025`, () => {
    it('is a failed call that names the missing scope, and the session goes on', async () => {
      const before = await rejectedFor('insufficient_scope')
      const session = await connect(server.mcpUrl, { requestInit: { headers: bearer(await newKey()) } })
      const result = await session.callTool(other.call)
      assert.equal(result.isError, true)
      assert.deepEqual(result.content, [
        {
          type: 'text',
          text: `insufficient_scope: This needs the scope "${other.scope}", which your credentials do not have.`,
        },
      ])
      assert.ok(!(await session.callTool(plain.call)).isError)
      assert.equal((await rejectedFor('insufficient_scope')) - before, 1)
    })

    it('is a failed call that names the rate limit, before and after the limit is known', async () => {
      const before = await rejectedFor('rate_limited')
      const session = await connect(server.mcpUrl, { requestInit: { headers: bearer(await newKey()) } })
      const results = []
      for (let call = 0; call < 7; call++) results.push(await session.callTool(plain.call))
      const failed = results.filter(({ isError }) => isError)
      assert.ok(failed.length >= 2 && failed.length < results.length, `${failed.length} failed`)
      for (const { content } of failed)
        assert.match(
          JSON.stringify(content),
          /rate_limited: Too many requests: the limit is 5 a minute for each caller\. Try again in \d+ s\./,
        )
      assert.equal((await rejectedFor('rate_limited')) - before, failed.length)
    })
  })
}

describe('a rejected tools/call', () => {
  it('of a 2025 client under load is a failed call, with Retry-After and without a challenge', async () => {
    const unlimited = await startServer({ ...stack.env, RATE_LIMIT: 'off', AUTH_MODE: 'none' })
    const slowness = injectLatency(stack, 'forever')
    const leave = new AbortController()
    const blocking = Array.from({ length: 2 }, () => {
      const { name, arguments: args } = slowness.call()
      return fetch(unlimited.mcpUrl, {
        method: 'POST',
        signal: leave.signal,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name, arguments: args },
        }),
      }).catch(() => undefined)
    })
    await untilInFlight(unlimited.url, 2)
    const answer = await postLegacy(unlimited.mcpUrl, 'tools/call', plain.call)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('retry-after'), '1')
    assert.deepEqual(answer.message, {
      jsonrpc: '2.0',
      id: 1,
      result: {
        content: [
          {
            type: 'text',
            text: 'overloaded: Server overloaded: concurrent call limit reached. Retry after 1 s.',
          },
        ],
        isError: true,
      },
    })
    assert.equal((await postModern(unlimited.mcpUrl, 'tools/call', plain.call)).status, 503)
    const list = await postLegacy(unlimited.mcpUrl, 'tools/list')
    assert.equal(list.status, 503, 'another method than tools/call')
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }
    const notified = await post(unlimited.mcpUrl, cancelled, { 'mcp-protocol-version': '2025-11-25' })
    assert.equal(notified.status, 202)
    leave.abort()
    slowness.end()
    await Promise.all(blocking)
  })

  it('stays an HTTP error for 2026-07-28, for other methods, for batches and for large bodies', async () => {
    const headers = bearer(await newKey())
    for (let n = 0; n < 6; n++) await postModern(server.mcpUrl, 'tools/list', {}, headers)
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: plain.call }
    const large = { ...call, params: { ...plain.call, padding: 'x'.repeat(20_000) } }
    const rejected = {
      'a 2026-07-28 call': postModern(server.mcpUrl, 'tools/call', plain.call, headers),
      'another method': postLegacy(server.mcpUrl, 'tools/list', {}, headers),
      'a batch': post(server.mcpUrl, [call], { ...headers, 'mcp-protocol-version': '2025-03-26' }),
      'a large body': post(server.mcpUrl, large, headers),
      'a notification': post(server.mcpUrl, { ...call, id: undefined }, headers),
    }
    for (const [name, answer] of Object.entries(rejected)) assert.equal((await answer).status, 429, name)
    assert.equal((await post(server.mcpUrl, call, headers)).status, 200)
  })
})
