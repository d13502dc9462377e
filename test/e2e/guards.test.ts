import assert from 'node:assert/strict'
import { once } from 'node:events'
import { before, describe, it } from 'node:test'
import { connectModern } from '../support/clients.ts'
import { publishChange } from '../support/publish-change.ts'
import { modernRequest, post, postModern } from '../support/raw.ts'
import { scrape } from '../support/scrape.ts'
import { startServer } from '../support/server.ts'
import { openConnection, rawPost } from '../support/socket.ts'
import { type Stack, sharedStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})
const rejections = async (reason: string) =>
  (await scrape(stack.server.url)).sum('mcp_requests_rejected_total', { reason })

describe('a connection', () => {
  it('is closed when its headers are slow or missing, while an open stream stays connected', async () => {
    const { url, mcpUrl } = stack.server
    const client = await connectModern(mcpUrl)
    let changes = 0
    client.setNotificationHandler('notifications/resources/list_changed', async () => {
      changes++
    })
    await client.listen({ resourcesListChanged: true })
    const drip = openConnection(url, 'POST /mcp HTTP/1.1\r\nHost: localhost\r\n')
    const dripping = setInterval(() => drip.socket.write('X-Slow: 1\r\n'), 500)
    const silent = openConnection(url)
    const before = await rejections('request_timeout')
    const slow = await drip.closed
    clearInterval(dripping)
    assert.match(slow.text, /^HTTP\/1\.1 408 /)
    assert.ok(slow.afterMs > 5_000 && slow.afterMs < 20_000, `${slow.afterMs}`)
    assert.equal((await silent.closed).text, '')
    assert.equal((await rejections('request_timeout')) - before, 1)
    await publishChange(stack.env.REDIS_URL ?? '')
    await until(() => changes > 0)
    assert.equal(changes, 1)
  })

  it('gets 431 for oversized headers and 400 for bytes that are not HTTP', async () => {
    const { url } = stack.server
    const reasons = ['headers_too_large', 'malformed_http']
    const counts = () => Promise.all(reasons.map(rejections))
    const before = await counts()
    const large = openConnection(
      url,
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`,
    )
    assert.match((await large.closed).text, /^HTTP\/1\.1 431 /)
    assert.match((await openConnection(url, 'hello\r\n\r\n').closed).text, /^HTTP\/1\.1 400 /)
    assert.deepEqual(
      await counts(),
      before.map((count) => count + 1),
    )
    const logged = await stack.server.line(({ reason }) => reason === 'headers_too_large')
    assert.equal(logged['http.response.status_code'], 431)
    assert.doesNotMatch(JSON.stringify(logged), /xxxx/)
  })

  it('is counted once, as aborted, when its client half-closes it within a request body', async () => {
    const counts = async () => {
      const { sum } = await scrape(stack.server.url)
      const name = 'mcp_requests_rejected_total'
      return [sum(name), sum(name, { reason: 'aborted' })]
    }
    const before = await counts()
    const head = rawPost('', { 'content-length': '1000', 'x-request-id': 'half-closed' }).slice(0, -2)
    const { socket } = openConnection(stack.server.url, head)
    await once(socket, 'connect')
    socket.end()
    await stack.server.line(({ request_id: id }) => id === 'half-closed')
    assert.deepEqual(
      await counts(),
      before.map((count) => count + 1),
    )
  })
})

describe('security headers', () => {
  it('are set on every response, a content security policy on pages', async () => {
    const response = await fetch(`${stack.server.url}/documents/guides.quick-start`)
    const page = response.headers
    // Without a search box, as in a fork without the sample, a page may run no script.
    const scripts = (await response.text()).includes('<script')
      ? "script-src 'self'; connect-src 'self'; "
      : ''
    assert.equal(
      page.get('content-security-policy'),
      `default-src 'none'; style-src 'self'; img-src 'self'; ${scripts}base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    assert.equal(page.get('x-frame-options'), 'DENY')
    assert.equal(page.get('cross-origin-opener-policy'), 'same-origin')
    const rejected = await post(stack.server.mcpUrl, '{')
    const missing = await fetch(`${stack.server.url}/nope`)
    const ops = await fetch(`${stack.server.url}/metrics`)
    const call = await postModern(stack.server.mcpUrl, 'tools/list')
    for (const headers of [page, rejected.headers, missing.headers, ops.headers, call.headers]) {
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('referrer-policy'), 'no-referrer')
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
      assert.equal(headers.get('x-powered-by'), null)
      assert.equal(headers.get('strict-transport-security'), null, 'HSTS without an https PUBLIC_URL')
      assert.equal(headers.get('access-control-allow-origin'), null)
    }
    for (const headers of [call.headers, missing.headers])
      assert.equal(headers.get('content-security-policy'), null)
  })

  it('include HSTS when PUBLIC_URL is https', async () => {
    const server = await startServer({ ...stack.env, PUBLIC_URL: 'https://mcp.example.org' })
    const { headers } = await postModern(server.mcpUrl, 'tools/list')
    assert.equal(headers.get('strict-transport-security'), 'max-age=31536000')
  })
})

describe('the Origin header', () => {
  it('may have any host with an allowed scheme of extensions, and no other scheme', async () => {
    const { mcpUrl } = await startServer({ ...stack.env, ALLOWED_ORIGINS: 'moz-extension://*' })
    const statusOf = async (origin: string) => (await postModern(mcpUrl, 'tools/list', {}, { origin })).status
    assert.equal(await statusOf('moz-extension://0b1c2d3e-0000-4000-8000-000000000000'), 200)
    for (const origin of ['chrome-extension://abcdefgh', 'http://localhost', 'null'])
      assert.equal(await statusOf(origin), 403, origin)
  })
})

describe('CORS', () => {
  const origin = 'https://app.example.org'
  const preflight = (url: URL, from: string) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin: from,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,mcp-protocol-version,mcp-param-region',
      },
    })

  it('is off by default', async () => {
    const response = await preflight(stack.server.mcpUrl, stack.server.url)
    assert.equal(response.status, 405)
    assert.equal(response.headers.get('access-control-allow-origin'), null)
    assert.equal((await preflight(stack.server.mcpUrl, origin)).status, 403)
  })

  it('lets exactly the origins of CORS_ORIGINS call, read and see the headers that clients need', async () => {
    const server = await startServer({ ...stack.env, CORS_ORIGINS: origin })
    const response = await preflight(server.mcpUrl, origin)
    assert.equal(response.status, 204)
    assert.equal(response.headers.get('access-control-allow-origin'), origin)
    assert.equal(response.headers.get('access-control-allow-methods'), 'GET, POST, DELETE')
    assert.match(response.headers.get('access-control-allow-headers') ?? '', /mcp-param-region/)
    assert.match(response.headers.get('vary') ?? '', /Origin/)
    assert.equal(response.headers.get('access-control-allow-credentials'), null)

    const answer = await postModern(server.mcpUrl, 'tools/list', {}, { origin })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('access-control-allow-origin'), origin)
    const exposed = answer.headers.get('access-control-expose-headers') ?? ''
    for (const name of [
      'MCP-Protocol-Version',
      'WWW-Authenticate',
      'RateLimit',
      'Retry-After',
      'X-Request-Id',
    ])
      assert.ok(exposed.split(', ').includes(name), name)
    assert.equal(
      (await post(server.mcpUrl, '{', { origin })).headers.get('access-control-allow-origin'),
      origin,
    )

    // Another scheme or port is another origin: the request passes by its host, but CORS hides the response.
    for (const other of ['http://app.example.org', 'https://app.example.org:8443']) {
      const { headers } = await postModern(server.mcpUrl, 'tools/list', {}, { origin: other })
      assert.equal(headers.get('access-control-allow-origin'), null, other)
    }
    for (const other of ['https://evil.example', 'https://app.example.org.evil.example', 'null'])
      assert.equal((await preflight(server.mcpUrl, other)).status, 403, other)
    const { headers } = await postModern(server.mcpUrl, 'tools/list')
    assert.equal(headers.get('access-control-allow-origin'), null)
    assert.match(headers.get('vary') ?? '', /Origin/)
  })
})

describe('pipelined requests', () => {
  it('are answered in order', async () => {
    const send = (id: number, last: boolean) =>
      rawPost(
        { ...modernRequest('tools/list'), id },
        {
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/list',
          ...(last && { connection: 'close' }),
        },
      )
    const { text } = await openConnection(stack.server.url, send(1, false), send(2, false), send(3, true))
      .closed
    assert.deepEqual(
      [...text.matchAll(/"id":(\d)/g)].map(([, id]) => id),
      ['1', '2', '3'],
    )
  })
})
