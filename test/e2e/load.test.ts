import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { waitFor } from '../../dev/lib/wait-for.ts'
import { connectModern } from '../support/clients.ts'
import { modernRequest, postLegacy, postModern } from '../support/raw.ts'
import { injectLatency } from '../support/sample-calls.ts'
import { scrape, untilInFlight } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { openConnection, rawPost } from '../support/socket.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
let server: RunningServer
before(async () => {
  stack = await startStack({ MAX_CONCURRENT_CALLS: '3', MAX_STREAMS: '2' })
  server = stack.server
  // On a loaded machine the health check of the start can fail.
  await waitUntil('the server is ready', async () => (await fetch(`${server.url}/readyz`)).status === 200)
})

const maxCalls = 3
const modernHeaders = (method: string, name?: string) => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
  ...(name && { 'mcp-name': name }),
})
const listenBody = modernRequest('subscriptions/listen', { notifications: { resourcesListChanged: true } })
const listen = () => rawPost(listenBody, modernHeaders('subscriptions/listen'))

async function waitUntil(state: string, condition: () => Promise<boolean>): Promise<void> {
  const isReached = await waitFor(condition, { everyMs: 25, timeoutMs: 20_000 })
  assert.ok(isReached, `timed out waiting until ${state}`)
}
const streams = async () => (await scrape(server.url)).sum('mcp_streams_open')

/** A batch takes one slot per message, so one of `maxCalls` messages passes only if no slot leaked. */
async function assertAllSlotsFree(): Promise<void> {
  await untilInFlight(server.url, 0)
  const batch = Array.from({ length: maxCalls }, (_, id) => ({ jsonrpc: '2.0', id, method: 'tools/list' }))
  const connection = openConnection(
    server.url,
    rawPost(batch, { 'mcp-protocol-version': '2025-03-26', connection: 'close' }),
  )
  assert.match((await connection.closed).text, /^HTTP\/1\.1 200 /)
}

describe('the concurrent call limit', () => {
  it('rejects the next call at once with 503, answers probes and completes accepted calls', async () => {
    const slowness = injectLatency(stack, 1_500)
    let answered = 0
    const calls = Array.from({ length: maxCalls }, () =>
      postModern(server.mcpUrl, 'tools/call', slowness.call()).finally(() => answered++),
    )
    await untilInFlight(server.url, maxCalls)
    const rejections = await Promise.all(
      [postModern, postLegacy].map((send) => send(server.mcpUrl, 'tools/list')),
    )
    assert.equal(answered, 0, 'a rejection waited for a call')
    for (const rejected of rejections) {
      assert.equal(rejected.status, 503)
      assert.equal(rejected.headers.get('retry-after'), '1')
      assert.deepEqual(rejected.message, {
        jsonrpc: '2.0',
        id: 1,
        error: {
          code: -32000,
          message: 'Server overloaded: concurrent call limit reached. Retry after 1 s.',
        },
      })
    }
    for (const path of ['livez', 'readyz', 'metrics'])
      assert.equal((await fetch(`${server.url}/${path}`)).status, 200, path)
    const { sum } = await scrape(server.url)
    assert.ok(sum('mcp_requests_rejected_total', { reason: 'overloaded' }) >= 2)
    for (const answer of await Promise.all(calls)) assert.notEqual(answer.message.result.isError, true)
    slowness.end()
    await assertAllSlotsFree()
  })

  it('releases the slots of clients that disconnect', async () => {
    const slowness = injectLatency(stack, 'forever')
    const during = server.fromNow()
    for (let round = 0; round < 10; round++) {
      const call = slowness.call()
      const message = modernRequest('tools/call', call)
      const connections = Array.from({ length: maxCalls }, () =>
        openConnection(server.url, rawPost(message, modernHeaders('tools/call', call.name))),
      )
      await untilInFlight(server.url, maxCalls)
      for (const { socket } of connections) socket.destroy()
      await untilInFlight(server.url, 0)
    }
    slowness.end()
    const ended = during.lines.filter(({ message }) => message === 'mcp message')
    assert.deepEqual([...new Set(ended.map(({ outcome }) => outcome))], ['cancelled'])
    await assertAllSlotsFree()
  })

  it('releases the slots of pipelined requests when their connection is lost', async () => {
    for (let round = 0; round < maxCalls; round++) {
      const during = server.fromNow()
      const behind = rawPost(modernRequest('tools/list'), modernHeaders('tools/list'))
      const { socket, received } = openConnection(server.url, listen(), behind)
      await waitUntil('a stream is acknowledged', async () => received().includes('acknowledged'))
      // Its response waits behind the stream.
      await during.line((line) => line['mcp.method.name'] === 'tools/list')
      socket.destroy()
    }
    await waitUntil('all streams are closed', async () => (await streams()) === 0)
    await assertAllSlotsFree()
  })
})

describe('the concurrent stream limit', () => {
  it('rejects the next stream with 503 and releases the slot of each stream that ends', async () => {
    const client = await connectModern(server.mcpUrl)
    const kept = await client.listen({ resourcesListChanged: true })
    const lost = openConnection(server.url, listen())
    await waitUntil('a stream is acknowledged', async () => lost.received().includes('acknowledged'))
    const rejected = await postModern(server.mcpUrl, 'subscriptions/listen', {
      notifications: { resourcesListChanged: true },
    })
    assert.equal(rejected.status, 503)
    assert.equal(rejected.headers.get('retry-after'), '30')
    assert.match(rejected.message.error.message, /concurrent stream limit reached/)
    assert.equal(
      (await postModern(server.mcpUrl, 'tools/list')).status,
      200,
      'the stream limit does not affect calls',
    )
    await kept.close()
    lost.socket.destroy()
    await waitUntil('all streams are closed', async () => (await streams()) === 0)
    for (let round = 0; round < 5; round++) {
      const subscriptions = [
        await client.listen({ resourcesListChanged: true }),
        await client.listen({ resourcesListChanged: true }),
      ]
      for (const subscription of subscriptions) await subscription.close()
      await waitUntil('all streams are closed', async () => (await streams()) === 0)
    }
  })

  it('releases the slot of a pipelined stream when its connection is lost', async () => {
    for (let round = 0; round < 3; round++) {
      const { socket, received } = openConnection(server.url, listen(), listen())
      await waitUntil(
        'a stream is acknowledged',
        async () => received().includes('acknowledged') && (await streams()) === 2,
      )
      socket.destroy()
      await waitUntil('all streams are closed', async () => (await streams()) === 0)
    }
  })
})

describe('the limits on request bodies in memory', () => {
  it('hold a share per caller, always admit small bodies, and admit large ones again after a disconnect', async () => {
    const other = await startServer(stack.env)
    const head = rawPost('', { 'content-length': String(1 << 20) }).slice(0, -2)
    const part = 'x'.repeat((1 << 20) - 100)
    const connections = Array.from({ length: 10 }, () => openConnection(other.url, head, part))
    const rejectedCount = () => connections.filter(({ received }) => received().includes(' 503 ')).length
    await waitUntil('two requests are rejected', async () => rejectedCount() === 2)
    assert.equal((await postModern(other.mcpUrl, 'tools/list')).status, 200, 'a small body was rejected')
    for (const { socket } of connections) socket.destroy()
    const large = rawPost('x'.repeat((1 << 20) - 2), { connection: 'close' })
    await waitUntil('a large body is read again', async () =>
      /^HTTP\/1\.1 400 /.test((await openConnection(other.url, large).closed).text),
    )
  })
})
