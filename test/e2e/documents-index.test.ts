import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})
const get = (path: string) => fetch(`${stack.server.url}${path}`, { headers: { accept: 'text/html' } })

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

  it('is linked from the page at /, from a document and from the 404 page', async () => {
    for (const path of ['/', '/documents/guides.quick-start', '/documents/nope', '/nope'])
      assert.match(await (await get(path)).text(), /href="\/documents"/, path)
  })

  it('loads only files of this server that exist', async () => {
    const html = await (await get('/documents')).text()
    const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
    assert.ok(files.length > 1, `${files}`)
    for (const path of files) assert.equal((await get(path)).status, 200, path)
  })
})
