import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { type OtlpReceiver, otlpEnvironment, startOtlpReceiver } from '../support/otlp.ts'
import { modernRequest, openListen, post, postModern } from '../support/raw.ts'
import { scrape } from '../support/scrape.ts'
import { startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'

let otlp: OtlpReceiver
let stack: Stack
before(async () => {
  otlp = await startOtlpReceiver()
  stack = await startStack(otlpEnvironment(otlp.url))
})

describe('the span of an HTTP request', () => {
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'mcp.example.com:8443' }
  const addressesOf = async (url: string) => {
    const path = `/${randomUUID()}`
    await fetch(url + path, { headers: forwarded })
    const { attributes } = await otlp.span((span) => span.attributes['url.path'] === path)
    return ['url.scheme', 'server.address', 'server.port'].map((name) => attributes[name])
  }

  it('has scheme, address and port of the headers of a trusted proxy', async () => {
    const { url } = await startServer({ ...stack.env, TRUSTED_PROXY_HOPS: '1' })
    assert.deepEqual(await addressesOf(url), ['https', 'mcp.example.com', 8443])
  })

  it('does not exist for the poll of the page below the path of PUBLIC_URL', async () => {
    const { url } = await startServer({ ...stack.env, PUBLIC_URL: 'http://127.0.0.1/base' })
    await fetch(`${url}/base/status`)
    const later = `/base/${randomUUID()}`
    await fetch(url + later)
    await otlp.span((span) => span.attributes['url.path'] === later)
    assert.equal(
      otlp.spans.find((span) => span.attributes['url.path'] === '/base/status'),
      undefined,
    )
  })

  it('has those of the Host header without a trusted proxy', async () => {
    const { url } = stack.server
    assert.deepEqual(await addressesOf(url), ['http', '127.0.0.1', Number(new URL(url).port)])
  })
})

describe('http_server_request_duration_seconds', () => {
  const name = 'http_server_request_duration_seconds_count'
  const seriesOf = async () => {
    const { samples } = await scrape(stack.server.url)
    const counts = samples.filter((sample) => sample.name === name)
    return new Map(
      counts.map(({ labels, value }) => [
        `${labels.http_request_method} ${labels.http_route} ${labels.http_response_status_code ?? ''}`.trim(),
        value,
      ]),
    )
  }
  const growthOf = async (send: () => Promise<unknown>) => {
    const before = await seriesOf()
    await send()
    const after = [...(await seriesOf())].map(
      ([series, value]) => [series, value - (before.get(series) ?? 0)] as const,
    )
    return Object.fromEntries(after.filter(([series, grown]) => grown > 0 && series !== 'GET /metrics 200'))
  }

  it('counts messages, pages, probes and rejected requests once, by method, route and status', async () => {
    const { url, mcpUrl } = stack.server
    const get = async (path: string, init: RequestInit = {}) => (await fetch(url + path, init)).text()
    const growth = await growthOf(async () => {
      await postModern(mcpUrl, 'tools/list')
      await post(mcpUrl, modernRequest('tools/list'), { origin: 'https://evil.example' })
      await get('/mcp')
      await get('/')
      await get('/documents/guides.quick-start')
      await get('/documents/nope')
      await get('/livez')
      await get('/nowhere', { method: 'PROPFIND' })
    })
    assert.deepEqual(growth, {
      'POST /mcp 200': 1,
      'POST /mcp 403': 1,
      'GET /mcp 405': 1,
      'GET / 200': 1,
      'GET /documents/:id 200': 1,
      'GET /documents/:id 404': 1,
      'GET /livez 200': 1,
      '_OTHER _unknown 404': 1,
    })
  })

  it('names the routes of public documents', async () => {
    const paths = ['/mcp/server-card', '/.well-known/ai-catalog.json', '/.well-known/mcp/catalog.json']
    const growth = await growthOf(() => Promise.all(paths.map((path) => fetch(stack.server.url + path))))
    assert.deepEqual(growth, Object.fromEntries(paths.map((path) => [`GET ${path} 200`, 1])))
  })

  it('has no series for invented paths', async () => {
    const paths = Array.from({ length: 40 }, (_, n) => `/${n % 2 ? 'documents/' : ''}invented-${n}`)
    await fetch(`${stack.server.url}/nowhere`)
    const growth = await growthOf(() => Promise.all(paths.map((path) => fetch(stack.server.url + path))))
    assert.deepEqual(growth, { 'GET _unknown 404': 20, 'GET /documents/:id 404': 20 })
  })

  it('leaves out streams', async () => {
    const growth = await growthOf(async () => {
      const ended = new AbortController()
      const { body } = await openListen(stack.server.mcpUrl, { signal: ended.signal })
      await body?.getReader().read()
      ended.abort()
      await stack.server.line((line) => line['mcp.method.name'] === 'subscriptions/listen')
    })
    assert.deepEqual(growth, {})
  })
})
