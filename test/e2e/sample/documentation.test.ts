import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { before, describe, it } from 'node:test'
import { projectName } from '../../../dev/lib/project-name.ts'
import { documentIdOf } from '../../../src/documents/document-id.ts'
import { ownFolder, ownSiblings } from '../../../src/documents/own-documents.ts'
import { startAuthorizationServer } from '../../support/authorization-server.ts'
import { documentFiles } from '../../support/docs/check-docs.ts'
import { readDoc } from '../../support/docs/doc.ts'
import { serverPathsOf } from '../../support/docs/urls.ts'
import { postModern } from '../../support/raw.ts'
import { startServer } from '../../support/server.ts'
import { type Stack, sharedStack } from '../../support/stack.ts'

/** The documents that the server has, by their ids. */
const corpus = documentFiles
  .map(readDoc)
  .filter(({ file }) => file.startsWith(`${ownFolder}/`) || ownSiblings.includes(file))
  .map((doc) => ({ ...doc, id: documentIdOf(doc.file.replace(`${ownFolder}/`, '')) }))
const someId = corpus.at(-1)?.id

/** That of the README is the project's name, which many documents have in them: there it is what it says of itself. */
function titleOf(text: string): string {
  const [, title = '', , paragraph = ''] = /^# (.+)\n(\n(.+\n.+)\n)?/m.exec(text) ?? []
  const said = title === projectName ? paragraph.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1') : title
  return said.replaceAll(/`|\n/g, ' ')
}

let stack: Stack
before(async () => {
  stack = await sharedStack()
})
const pages = new Map<string, Promise<{ status: number; html: string }>>()
const page = (path: string) => {
  const known = pages.get(path)
  if (known) return known
  const asked = fetch(`${stack.server.url}${path}`, { headers: { accept: 'text/html' } }).then(
    async (response) => ({ status: response.status, html: await response.text() }),
  )
  pages.set(path, asked)
  return asked
}

describe('the documentation on the server', () => {
  it('is all of it: guides, runbooks, decisions, and what lies beside them', async () => {
    for (const part of ['readme', 'security', 'guides.', 'runbooks.', 'decisions.'])
      assert.ok(
        corpus.some(({ id }) => id === part || (part.endsWith('.') && id.startsWith(part))),
        part,
      )
    for (const { id, file } of corpus) assert.equal((await page(`/documents/${id}`)).status, 200, file)
  })

  it('is listed on the index, each document once', async () => {
    const { html } = await page('/documents')
    for (const { id, file } of corpus) {
      const links = html.split(`<a href="/documents/${id}">`).length - 1
      assert.equal(links, 1, `${file} is listed ${links} times`)
    }
  })

  it('has no index page for an unknown kind', async () => {
    for (const query of [
      'kind=nope',
      'kind=guide&kind=other',
      'after=a&after=b',
      'kind=',
      'after=%00',
      'after=%F0%9F',
    ])
      assert.equal((await page(`/documents?${query}`)).status, 404, query)
    assert.match((await page('/documents?kind=decision&after=decisions.0041')).html, /decisions\.0042-/)
    assert.doesNotMatch(
      (await page('/documents?kind=decision&after=decisions.0042')).html,
      /decisions\.0041-/,
    )
  })

  it('is all of it in the image, too', () => {
    const copied = readFileSync('.dockerignore', 'utf8').split('\n')
    for (const path of [ownFolder, ...ownSiblings]) assert.ok(copied.includes(`!${path}`), path)
    assert.match(readFileSync('Dockerfile', 'utf8'), new RegExp(`^COPY ${ownFolder} .*\nCOPY \\*\\.md `, 'm'))
  })

  it('is found by search, each document by its title', async () => {
    for (const { id, file, text } of corpus) {
      const query = titleOf(text)
      const { message } = await postModern(stack.server.mcpUrl, 'tools/call', {
        name: 'search',
        arguments: { query },
      })
      const found = message.result.structuredContent.results.map((result: { id: string }) => result.id)
      assert.ok(found.includes(id), `${file} is not found by "${query}", but ${found}`)
    }
  })

  it('links only to pages of this server that are there, and to their headings', async () => {
    let links = 0
    for (const { id, file } of corpus) {
      const { html } = await page(`/documents/${id}`)
      for (const [, href = ''] of html.matchAll(/<a href="([^"]*)"/g)) {
        if (/^[a-z]+:/.test(href)) continue
        const [path = '', anchor] = href.split('#')
        const target = await page(path || `/documents/${id}`)
        assert.equal(target.status, 200, `${file} leads to ${href}`)
        const isThere = anchor === undefined || target.html.includes(` id="${decodeURI(anchor)}"`)
        assert.ok(isThere, `${file} leads to ${href}, which has no such heading`)
        links++
      }
    }
    assert.ok(links > corpus.length, `${links} links`)
  })

  it('leads from page to page wherever a file leads to another', async () => {
    const idOf = new Map(corpus.map(({ file, id }) => [file, id]))
    for (const { id, file, links } of corpus) {
      const { html } = await page(`/documents/${id}`)
      for (const { text } of links) {
        const other = idOf.get(posix.join(posix.dirname(file), text.replace(/#.*/, '')))
        const leads = html.includes(`href="/documents/${other}`)
        assert.ok(other === undefined || text.startsWith('#') || leads, `${file} does not lead to ${text}`)
      }
    }
  })
})

describe('every address of the server that a document names', () => {
  it('is answered', async () => {
    const { issuer } = await startAuthorizationServer()
    // The metadata for OAuth are there only where it is on.
    const withOAuth = await startServer({ ...stack.env, AUTH_MODE: 'oauth', OAUTH_ISSUER: issuer })
    const asked = documentFiles.flatMap((file) => serverPathsOf(readDoc(file)))
    assert.ok(asked.length > 50, `${asked.length}`)
    const statuses = new Map<string, number>()
    for (const { file, line, method, path } of asked) {
      const real = path.replace(/^(\/documents\/)(?:ID|:id|\{id\})?$/, `$1${someId}`)
      const server = real.startsWith('/.well-known/') ? withOAuth : stack.server
      const whole = real === '/.well-known/' ? `${real}oauth-protected-resource` : real
      const key = `${method} ${whole}`
      const status = statuses.get(key) ?? (await fetch(`${server.url}${whole}`, { method })).status
      statuses.set(key, status)
      assert.notEqual(status, 404, `${file}:${line}: there is no ${method} ${path}`)
    }
  })
})
