import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { connectModern } from '../support/clients.ts'
import { modernRequest, postLegacy, postModern } from '../support/raw.ts'
import { injectLatency } from '../support/sample-calls.ts'
import { scrape } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { openConnection, rawPost } from '../support/socket.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
let server: RunningServer
before(async () => {
  stack = await startStack({ MAX_CONCURRENT_CALLS: '3', MAX_STREAMS: '2' })
  server = stack.server
})

const maxCalls = 3
const modernHeaders = (method: string, name?: string) => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
  ...(name && { 'mcp-name': name }),
})
const listenBody = modernRequest('subscriptions/listen', { notifications: { resourcesListChanged: true } })
const listen = () => rawPost(listenBody, modernHeaders('subscriptions/listen'))

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return
    await delay(25)
  }
  assert.fail(`not ${what}`)
}
const inFlight = async () => (await scrape(server.url)).sum('mcp_requests_in_flight')
const streams = async () => (await scrape(server.url)).sum('mcp_streams_open')

/** As many calls as there may be, none more: all slots are free. */
async function allSlotsAreFree(): Promise<void> {
  await until('idle', async () => (await inFlight()) === 0)
  const batch = Array.from({ length: maxCalls }, (_, id) => ({ jsonrpc: '2.0', id, method: 'tools/list' }))
  const connection = openConnection(
    server.url,
    rawPost(batch, { 'mcp-protocol-version': '2025-03-26', connection: 'close' }),
  )
  assert.match((await connection.closed).text, /^HTTP\/1\.1 200 /)
}

describe('the cap on calls', () => {
  it('refuses the next one at once, while probes are answered and those let in are finished', async () => {
    const slowness = injectLatency(stack, 1_500)
    const calls = Array.from({ length: maxCalls }, () =>
      postModern(server.mcpUrl, 'tools/call', slowness.call()),
    )
    await until('busy', async () => (await inFlight()) === maxCalls)
    for (const send of [postModern, postLegacy]) {
      const began = performance.now()
      const refused = await send(server.mcpUrl, 'tools/list')
      assert.ok(performance.now() - began < 1_000)
      assert.equal(refused.status, 503)
      assert.equal(refused.headers.get('retry-after'), '1')
      assert.deepEqual(refused.message, {
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
    await allSlotsAreFree()
  })

  it('gets its slots back from callers that go away', async () => {
    const slowness = injectLatency(stack, 'forever')
    for (let round = 0; round < 10; round++) {
      const call = slowness.call()
      const message = modernRequest('tools/call', call)
      const connections = Array.from({ length: maxCalls }, () =>
        openConnection(server.url, rawPost(message, modernHeaders('tools/call', call.name))),
      )
      await until('busy', async () => (await inFlight()) === maxCalls)
      for (const { socket } of connections) socket.destroy()
      await until('idle', async () => (await inFlight()) === 0)
    }
    slowness.end()
    await allSlotsAreFree()
  })

  it('gets its slots back from requests that waited behind another one on a connection that is lost', async () => {
    for (let round = 0; round < maxCalls; round++) {
      const behind = rawPost(modernRequest('tools/list'), modernHeaders('tools/list'))
      const { socket, received } = openConnection(server.url, listen(), behind)
      await until('listening', async () => received().includes('acknowledged'))
      await delay(50)
      socket.destroy()
    }
    await until('closed', async () => (await streams()) === 0)
    await allSlotsAreFree()
  })
})

describe('the cap on streams', () => {
  it('refuses the next one, and gets a slot back from each that ends', async () => {
    const client = await connectModern(server.mcpUrl)
    const kept = await client.listen({ resourcesListChanged: true })
    const lost = openConnection(server.url, listen())
    await until('listening', async () => lost.received().includes('acknowledged'))
    const refused = await postModern(server.mcpUrl, 'subscriptions/listen', {
      notifications: { resourcesListChanged: true },
    })
    assert.equal(refused.status, 503)
    assert.equal(refused.headers.get('retry-after'), '30')
    assert.match(refused.message.error.message, /concurrent stream limit reached/)
    assert.equal((await postModern(server.mcpUrl, 'tools/list')).status, 200, 'calls are counted apart')
    await kept.close()
    lost.socket.destroy()
    await until('closed', async () => (await streams()) === 0)
    for (let round = 0; round < 5; round++) {
      const subscriptions = [
        await client.listen({ resourcesListChanged: true }),
        await client.listen({ resourcesListChanged: true }),
      ]
      for (const subscription of subscriptions) await subscription.close()
      await until('closed', async () => (await streams()) === 0)
    }
  })

  it('gets a slot back from a stream that waited behind another one on a connection that is lost', async () => {
    for (let round = 0; round < 3; round++) {
      const { socket, received } = openConnection(server.url, listen(), listen())
      await until('listening', async () => received().includes('acknowledged') && (await streams()) === 2)
      socket.destroy()
      await until('closed', async () => (await streams()) === 0)
    }
  })
})

describe('bodies on their way', () => {
  it('are no more at a time than the memory can hold', async () => {
    const other = await startServer(stack.env)
    const head = rawPost('', { 'content-length': String(4 << 20) }).slice(0, -2)
    const part = 'x'.repeat((4 << 20) - 100)
    const connections = Array.from({ length: 10 }, () => openConnection(other.url, head, part))
    const refused = () => connections.filter(({ received }) => received().includes(' 503 ')).length
    await until('refused', async () => refused() === 2)
    for (const { socket } of connections) socket.destroy()
    await until('free again', async () => (await postModern(other.mcpUrl, 'tools/list')).status === 200)
    const again = openConnection(other.url, head, part)
    await delay(300)
    assert.equal(again.received(), '')
  })
})
