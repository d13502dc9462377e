import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { describe, it } from 'node:test'
import { waitFor } from '../../dev/lib/wait-for.ts'
import { type GatewayOptions, startGateway } from '../support/gateway/gateway.ts'
import { openConnection } from '../support/socket.ts'
import { answerOk, call, itBehavesAsProxy, startProxyStack } from './support/proxy-behavior.ts'

const start = (listener: (replica: string) => RequestListener) => startProxyStack(startReadyGateway, listener)

async function startReadyGateway(replicas: GatewayOptions) {
  const gateway = await startGateway(replicas)
  await gateway.untilReady(replicas.addresses.length)
  return gateway
}

describe('the gateway', () => {
  itBehavesAsProxy(startReadyGateway)

  it('uses only ready replicas, and any when none is ready', async () => {
    const { proxy, one, two } = await start((replica) => (_req, res) => void res.end(replica))
    one.isReady = false
    await proxy.untilReady(1)
    for (let n = 0; n < 6; n++) assert.equal(await (await fetch(proxy.mcpUrl, call)).text(), two.address)
    two.isReady = false
    await proxy.untilReady(0)
    assert.equal((await fetch(proxy.mcpUrl, call)).status, 200)
    assert.equal((await fetch(new URL('/readyz', proxy.opsUrl))).status, 503)
  })

  it('says whether a failed call was sent', async () => {
    const { proxy, one, two } = await start(() => (req) => void req.socket.destroy())
    const lost = await fetch(proxy.mcpUrl, call)
    assert.match(JSON.stringify(await lost.json()), /may have taken effect/)
    assert.match(lost.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
    await Promise.all([one.stop(), two.stop()])
    const unsent = await fetch(proxy.mcpUrl, call)
    assert.equal(unsent.status, 503)
    assert.match(JSON.stringify(await unsent.json()), /was not sent/)
  })

  it('streams a body that is larger than its buffer', async () => {
    const { proxy } = await start(() => (req, res) => {
      res.writeHead(200).flushHeaders()
      req.on('data', () => res.write('received')).on('end', () => res.end())
    })
    const body = 'x'.repeat(40_000)
    const head = `POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length + 1}\r\n\r\n`
    const client = openConnection(proxy.mcpUrl.href, head, body)
    assert.ok(await waitFor(() => client.received().includes('received'), { timeoutMs: 5_000 }))
  })

  it('rejects a body above every limit of the server', async () => {
    const { proxy, one, two } = await start(() => answerOk)
    const client = openConnection(
      proxy.mcpUrl.href,
      'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 16777217\r\n\r\n',
    )
    assert.ok(await waitFor(() => client.received().startsWith('HTTP/1.1 413 '), { timeoutMs: 5_000 }))
    assert.equal(one.connections + two.connections, 0)
  })

  it('keeps the request id of the client, and logs the request as JSON without its query', async () => {
    const ids: unknown[] = []
    const { proxy } = await start(() => (req, res) => {
      ids.push(req.headers['x-request-id'])
      res.end()
    })
    const id = 'mine"\\'
    await fetch(new URL('/documents/x?q=secret', proxy.mcpUrl), { headers: { 'x-request-id': id } })
    assert.deepEqual(ids, [id])
    const line = await waitFor(() => proxy.log[0])
    assert.equal(line?.request_id, id)
    assert.equal(line?.['url.path'], '/documents/x')
    assert.equal(line?.['http.response.status_code'], 200)
    assert.equal(line?.['client.address'], '127.0.0.1')
    assert.match(String(line?.['upstream.address']), /^127\.0\.0\.[23]:\d+$/)
    assert.match(String(line?.timestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  it('exposes metrics of its frontend and of each replica', async () => {
    const { proxy } = await start(() => answerOk)
    await fetch(proxy.mcpUrl, call)
    const metrics = await (await fetch(new URL('/metrics', proxy.opsUrl))).text()
    assert.match(metrics, /^haproxy_frontend_http_responses_total\{proxy="mcp",code="2xx"\} 1$/m)
    assert.match(metrics, /^haproxy_server_status\{proxy="ready",server="replica1",state="UP"\} 1$/m)
  })
})
