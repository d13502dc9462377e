import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})
const get = (path: string) => fetch(`${stack.server.url}${path}`)

describe('GET /documents', () => {
  it('lists every runbook and guide by its title', async () => {
    const html = await (await get('/documents')).text()
    for (const folder of ['runbooks', 'guides'])
      for (const name of readdirSync(`docs/${folder}`))
        assert.ok(html.includes(`href="/documents/${folder}.${name.replace(/\.md$/, '')}"`), name)
    assert.match(html, />HighErrorRate<\/a>/)
  })
})

describe('GET /documents/:id', () => {
  it('shows every runbook and guide, and its links lead to further ones', async () => {
    for (const folder of ['runbooks', 'guides'])
      for (const name of readdirSync(`docs/${folder}`)) {
        const page = await get(`/documents/${folder}.${name.replace(/\.md$/, '')}`)
        assert.equal(page.status, 200, name)
        const html = await page.text()
        assert.match(html, /<h1>/, name)
        assert.doesNotMatch(html, /<p>tags: \[/, name)
        for (const [, link = ''] of html.matchAll(/href="(\/documents\/[^"#]+)/g))
          assert.equal((await get(link)).status, 200, `${name} links to ${link}`)
      }
  })

  it('shows nothing else', async () => {
    for (const id of ['nope', '..%2fpackage', 'guides', '%00', 'guides..quick-start', 'guides%2fquick-start'])
      assert.equal((await get(`/documents/${id}`)).status, 404, id)
  })
})
