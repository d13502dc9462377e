import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { postModern } from '../support/raw.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await startStack()
})
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${stack.server.url}${path}`, { headers })

describe('GET /documents/:id', () => {
  it('shows the document as a page that loads and runs nothing', async () => {
    const page = await get('/documents/guides.quick-start')
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-type') ?? '', /text\/html/)
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(page.headers.get('x-powered-by'), null)
    assert.match(await page.text(), /<h1>Quick start<\/h1>/)
  })

  it('shows what a stranger has written as text', async () => {
    const hostile = {
      title: '<script>alert("title")</script>',
      text: '<img src=x onerror=alert(1)>\n\n[link](javascript:alert(1))',
      tags: ['<b>'],
    }
    const { structuredContent } = (
      await postModern(stack.server.mcpUrl, 'tools/call', { name: 'add_document', arguments: hostile })
    ).message.result
    const html = await (await get(`/documents/${structuredContent.id}`)).text()
    assert.doesNotMatch(html, /<script|<img|href="javascript|<b>/)
  })

  it('says so where there is nothing, as a page to people and as JSON to programs', async () => {
    for (const path of [
      '/documents/nope',
      '/documents/%00',
      '/documents/..%2f..%2fetc',
      '/documents/A',
      '/nope',
      '/',
    ]) {
      const json = await get(path, { accept: 'application/json' })
      assert.equal(json.status, 404, path)
      assert.equal(((await json.json()) as { error: { code: string } }).error.code, 'not_found')
      const page = await get(path, { accept: 'text/html' })
      assert.match(await page.text(), /<h1>404<\/h1>/)
    }
    assert.equal((await get('/documents/%E0%A4%A')).status, 400)
  })
})

describe('every response', () => {
  it("carries a request id: the proxy's, if that is sane", async () => {
    assert.match((await get('/nope')).headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
    assert.equal((await get('/nope', { 'x-request-id': 'edge-42' })).headers.get('x-request-id'), 'edge-42')
    assert.match(
      (await get('/nope', { 'x-request-id': 'a b<script>' })).headers.get('x-request-id') ?? '',
      /^[0-9a-f-]{36}$/,
    )
  })
})
