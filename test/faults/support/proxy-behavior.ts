import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { it } from 'node:test'
import { freePort } from '../../../dev/launcher/loopback-port.ts'
import { waitFor } from '../../../dev/lib/wait-for.ts'
import { afterFile } from '../../support/cleanup.ts'
import type { GatewayOptions } from '../../support/gateway/gateway.ts'
import { startStubReplica } from '../../support/gateway/stub-replica.ts'
import { openConnection } from '../../support/socket.ts'

export interface Proxy {
  readonly mcpUrl: URL
  stop(): Promise<void>
}

const addresses = ['127.0.0.2', '127.0.0.3']
export const call = { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' }
export const answerOk: RequestListener = (_req, res) => void res.end('ok')

/** Two replicas whose responses the test writes, behind a proxy. */
export async function startProxyStack<P extends Proxy>(
  startProxy: (replicas: GatewayOptions) => Promise<P>,
  listener: (replica: string) => RequestListener,
) {
  const ports = { port: await freePort(), opsPort: await freePort() }
  const start = (host: string) => startStubReplica({ host, ...ports }, listener(host))
  const [one, two] = await Promise.all(addresses.map(start))
  const proxy = await startProxy({ addresses, ...ports })
  afterFile(proxy.stop)
  assert.ok(one && two)
  return { proxy, one, two }
}

/** Tests of the requirements on every proxy in front of the server. */
export function itBehavesAsProxy(startProxy: (replicas: GatewayOptions) => Promise<Proxy>): void {
  const start = (listener: (replica: string) => RequestListener) => startProxyStack(startProxy, listener)

  it('never repeats a request that a replica has received', async () => {
    const received: string[] = []
    const { proxy } = await start((replica) => (req) => {
      received.push(replica)
      req.socket.destroy()
    })
    assert.equal((await fetch(proxy.mcpUrl, call)).status, 502)
    assert.equal(received.length, 1)
  })

  it('sends a request to another replica when it cannot connect to one', async () => {
    const { proxy, one } = await start(() => answerOk)
    await one.stop()
    for (let n = 0; n < 6; n++) assert.equal((await fetch(proxy.mcpUrl, call)).status, 200)
  })

  it('shares connections to the replicas between clients', async () => {
    const { proxy, one, two } = await start(() => answerOk)
    for (let n = 0; n < 40; n++) {
      // Each request from a new client.
      const [res] = await once(get(proxy.mcpUrl, { agent: new Agent() }), 'response')
      await text(res)
    }
    const connections = one.connections + two.connections
    assert.ok(connections <= 8, `${connections} connections`)
  })

  it('cancels the call of a client that disconnects', async () => {
    const calls: ServerResponse[] = []
    const { proxy } = await start(() => (_req, res) => void calls.push(res))
    const head = 'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n'
    const client = openConnection(proxy.mcpUrl.href, `${head}{}`)
    const [res] = (await waitFor(() => calls.length > 0 && calls)) || []
    client.socket.destroy()
    assert.ok(await waitFor(() => res?.destroyed, { timeoutMs: 5_000 }), 'the call goes on')
  })

  it('forwards each event of a stream at once', async () => {
    const streams: ServerResponse[] = []
    const { proxy } = await start(() => (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      streams.push(res)
    })
    const { body } = await fetch(proxy.mcpUrl, call)
    const reader = body?.getReader()
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      streams[0]?.write(event)
      assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), event)
    }
    await reader?.cancel()
  })

  it("passes on the client's address behind forged ones", async () => {
    const seen: IncomingMessage['headers'][] = []
    const { proxy } = await start(() => (req, res) => {
      seen.push(req.headers)
      res.end()
    })
    await fetch(proxy.mcpUrl, {
      headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' },
    })
    assert.equal(seen[0]?.['x-forwarded-for'], '203.0.113.9, 127.0.0.1')
    assert.equal(seen[0]?.['x-forwarded-proto'], 'http')
    assert.match(String(seen[0]?.['x-request-id']), /^[0-9a-f-]{32,36}$/)
  })

  it('hides the ops endpoints', async () => {
    const { proxy } = await start(() => answerOk)
    for (const path of ['/readyz', '/Metrics/', '//livez', '/liv%65z'])
      assert.equal((await fetch(`${proxy.mcpUrl.origin}${path}`)).status, 404, path)
  })
}
