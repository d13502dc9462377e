import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { service } from '../../src/config/package.ts'
import { domainChecks } from '../support/sample-calls.ts'
import { startServer } from '../support/server.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${stack.server.url}${path}`, { headers })

describe('an unknown path', () => {
  it('answers 404 as HTML or JSON, by the Accept header', async () => {
    for (const path of [
      '/documents/nope',
      '/documents/A',
      '/documents/%00',
      '/documents/..%2f..%2fetc',
      '/nope',
      '/assets/',
      '/assets/nope.js',
      '/assets/..%2fpackage.json',
    ]) {
      const json = await get(path, { accept: 'application/json' })
      assert.equal(json.status, 404, path)
      assert.equal(((await json.json()) as { error: { code: string } }).error.code, 'not_found')
      const page = await get(path, { accept: 'text/html' })
      const html = await page.text()
      assert.match(html, /<h1>404<\/h1>/)
      assert.match(html, /href="\/documents"/)
    }
    assert.equal((await get('/documents/%E0%A4%A')).status, 400)
  })
})

describe('GET /documents', () => {
  it('is an HTML page with the headers and the content security policy of a document page', async () => {
    const index = await get('/documents')
    assert.equal(index.status, 200)
    const html = await index.text()
    assert.match(html, /<h1>Documents<\/h1>/)
    const [, path = ''] = /href="(\/documents\/[^"]+)"/.exec(html) ?? []
    const page = await get(path)
    assert.equal(page.status, 200)
    const compared = ['content-type', 'content-security-policy', 'cache-control', 'etag', 'x-frame-options']
    for (const name of compared) assert.equal(index.headers.get(name), page.headers.get(name), name)
    assert.match(index.headers.get('content-type') ?? '', /^text\/html/)
    assert.doesNotMatch(index.headers.get('content-security-policy') ?? '', /unsafe|\*/)
    assert.doesNotMatch(html, /<style|<script>| style=| on\w+=/)
  })

  it('is linked from the page at / and from a document', async () => {
    assert.match(await (await get('/')).text(), /href="\/documents"/)
    assert.match(await (await get('/documents/guides.quick-start')).text(), /href="\/documents"/)
  })
})

describe('GET /', () => {
  it('serves a page under a strict CSP whose assets all exist and can be revalidated', async () => {
    const page = await get('/')
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'.*script-src 'self'/)
    assert.doesNotMatch(page.headers.get('content-security-policy') ?? '', /unsafe|\*/)
    const html = await page.text()
    assert.doesNotMatch(html, /<style|<script>| style=| on\w+=/)
    const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
    assert.ok(files.length > 3, `${files}`)
    for (const path of files) {
      const file = await get(path)
      assert.equal(file.status, 200, path)
      assert.match(file.headers.get('content-type') ?? '', /css|javascript|svg/)
      // Without this header fetch sends `cache-control: no-cache` and gets the whole file.
      const known = { 'if-none-match': file.headers.get('etag') ?? '', 'cache-control': 'max-age=0' }
      const again = await get(path, known)
      assert.equal(again.status, 304, path)
    }
  })

  it('reads health from /status, also when the ops endpoints have their own port', async () => {
    const server = await startServer({
      ...stack.env,
      OPS_PORT: '0',
      GRAFANA_URL: 'http://localhost:3000/',
    })
    const getJson = (path: string) =>
      fetch(`${server.url}${path}`, { headers: { accept: 'application/json' } })
    assert.equal((await getJson('/health')).status, 404)
    const status = await getJson('/status')
    assert.equal(status.headers.get('cache-control'), 'no-store')
    assert.deepEqual(await status.json(), {
      server: { name: service.name, version: service.version },
      status: 'healthy',
      checks: { database: true, redis: true, ...domainChecks },
      watch: { grafana: 'http://localhost:3000' },
    })
    assert.doesNotMatch(await (await getJson('/')).text(), /href="\/metrics"/)
  })
})

describe('every response', () => {
  it('carries a request id and keeps a valid X-Request-Id of the proxy', async () => {
    const idFor = async (headers = {}) => (await get('/nope', headers)).headers.get('x-request-id') ?? ''
    const longest = 'x'.repeat(128)
    assert.match(await idFor(), /^[0-9a-f-]{36}$/)
    for (const valid of ['edge-42', longest]) assert.equal(await idFor({ 'x-request-id': valid }), valid)
    for (const invalid of ['a b<script>', `${longest}x`])
      assert.match(await idFor({ 'x-request-id': invalid }), /^[0-9a-f-]{36}$/)
  })
})
