import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { documentIdOf } from '../../../src/documents/document-id.ts'
import { listMarkdownFiles } from '../../../src/documents/markdown-folder.ts'
import { ownFolder, ownSiblings } from '../../../src/documents/own-documents.ts'
import { type Stack, sharedStack } from '../../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})
const get = (path: string) => fetch(`${stack.server.url}${path}`, { headers: { accept: 'text/html' } })

describe('GET /documents', () => {
  it('lists every document of the project once', async () => {
    const html = await (await get('/documents')).text()
    for (const file of [...(await listMarkdownFiles(ownFolder)), ...ownSiblings]) {
      const links = html.split(`<a href="/documents/${documentIdOf(file)}">`).length - 1
      assert.equal(links, 1, `${file} is listed ${links} times`)
    }
  })

  it('continues the list of one kind after an id', async () => {
    const html = await (await get('/documents?kind=decision&after=decisions.0010')).text()
    assert.match(html, /decisions\.0011-/)
    assert.doesNotMatch(html, /decisions\.0009-|runbooks\./)
  })

  it('responds with 404 to an unknown kind and an invalid start id', async () => {
    for (const query of ['kind=nope', 'kind=guide&kind=other', 'kind=', 'after=a&after=b', 'after=%00'])
      assert.equal((await get(`/documents?${query}`)).status, 404, query)
  })
})
