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

/** The documents that the server ships. */
const corpus = documentFiles
  .map(readDoc)
  .filter(({ file }) => file.startsWith(`${ownFolder}/`) || ownSiblings.includes(file))
  .map((doc) => ({ ...doc, id: documentIdOf(doc.file.replace(`${ownFolder}/`, '')) }))
const someId = corpus.at(-1)?.id

/** The title of a document; of the README its first paragraph, because many documents contain the project's name. */
function searchTextOf(text: string): string {
  const [, title = ''] = /^# (.+)$/m.exec(text) ?? []
  const paragraph = text.split('\n\n').find((part) => /^[A-Z]/.test(part)) ?? ''
  const query = title === projectName ? paragraph.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1') : title
  return query.replaceAll(/`|\n/g, ' ')
}

let stack: Stack
before(async () => {
  stack = await sharedStack()
})
const pages = new Map<string, Promise<{ status: number; html: string }>>()
const fetchPage = (path: string) => {
  const cached = pages.get(path)
  if (cached) return cached
  const page = fetch(`${stack.server.url}${path}`, { headers: { accept: 'text/html' } }).then(
    async (response) => ({ status: response.status, html: await response.text() }),
  )
  pages.set(path, page)
  return page
}

describe('the documentation pages', () => {
  it('include every guide, runbook, decision and top-level document', async () => {
    for (const part of ['readme', 'security', 'guides.', 'runbooks.', 'decisions.'])
      assert.ok(
        corpus.some(({ id }) => id === part || (part.endsWith('.') && id.startsWith(part))),
        part,
      )
    for (const { id, file } of corpus) assert.equal((await fetchPage(`/documents/${id}`)).status, 200, file)
  })

  it('are listed on the index, each document once', async () => {
    // Other test files add documents to this server, so the list of other documents can have several pages.
    const paths = ['/documents']
    let listed = ''
    for (const path of paths) {
      const { html } = await fetchPage(path)
      listed += html
      const next = [...html.matchAll(/href="(\/documents\?kind=[^"]+)"/g)].map(([, href = '']) => href)
      paths.push(...next.map((href) => href.replaceAll('&amp;', '&')).filter((href) => !paths.includes(href)))
    }
    for (const { id, file } of corpus) {
      const links = listed.split(`<a href="/documents/${id}">`).length - 1
      assert.equal(links, 1, `${file} is listed ${links} times`)
    }
  })

  it('have no index page for an unknown kind', async () => {
    for (const query of [
      'kind=nope',
      'kind=guide&kind=other',
      'after=a&after=b',
      'kind=',
      'after=%00',
      'after=%F0%9F',
    ])
      assert.equal((await fetchPage(`/documents?${query}`)).status, 404, query)
    assert.match((await fetchPage('/documents?kind=decision&after=decisions.0041')).html, /decisions\.0042-/)
    assert.doesNotMatch(
      (await fetchPage('/documents?kind=decision&after=decisions.0042')).html,
      /decisions\.0041-/,
    )
  })

  it('are copied into the container image', () => {
    const copied = readFileSync('.dockerignore', 'utf8').split('\n')
    for (const path of [ownFolder, ...ownSiblings]) assert.ok(copied.includes(`!${path}`), path)
    assert.match(readFileSync('Dockerfile', 'utf8'), new RegExp(`^COPY ${ownFolder} .*\nCOPY \\*\\.md `, 'm'))
  })

  it('are found by search for their title', async () => {
    for (const { id, file, text } of corpus) {
      const query = searchTextOf(text)
      const { message } = await postModern(stack.server.mcpUrl, 'tools/call', {
        name: 'search',
        arguments: { query },
      })
      const found = message.result.structuredContent.results.map((result: { id: string }) => result.id)
      assert.ok(found.includes(id), `search for "${query}" does not find ${file}, only ${found}`)
    }
  })

  it('link only to existing pages and headings', async () => {
    let links = 0
    for (const { id, file } of corpus) {
      const { html } = await fetchPage(`/documents/${id}`)
      for (const [, href = ''] of html.matchAll(/<a href="([^"]*)"/g)) {
        if (/^[a-z]+:/.test(href)) continue
        const [path = '', anchor] = href.split('#')
        const target = await fetchPage(path || `/documents/${id}`)
        assert.equal(target.status, 200, `${file} links to ${href}, which answers ${target.status}`)
        const exists = anchor === undefined || target.html.includes(` id="${decodeURI(anchor)}"`)
        assert.ok(exists, `${file} links to ${href}, but the page has no such heading`)
        links++
      }
    }
    assert.ok(links > corpus.length, `${links} links`)
  })

  it('keep every link from one document to another', async () => {
    const idOf = new Map(corpus.map(({ file, id }) => [file, id]))
    for (const { id, file, links } of corpus) {
      const { html } = await fetchPage(`/documents/${id}`)
      for (const { text } of links) {
        const other = idOf.get(posix.join(posix.dirname(file), text.replace(/#.*/, '')))
        const isLinked = html.includes(`href="/documents/${other}`)
        assert.ok(
          other === undefined || text.startsWith('#') || isLinked,
          `the page of ${file} does not link to ${text}`,
        )
      }
    }
  })
})

describe('every path of the server in a document', () => {
  it('exists', async () => {
    const { issuer } = await startAuthorizationServer()
    // Protected resource metadata exists only with AUTH_MODE=oauth.
    const oauth = { ...stack.env, AUTH_MODE: 'oauth', OAUTH_ISSUER: issuer }
    const withOAuth = await startServer(oauth)
    const belowPath = await startServer({ ...oauth, PUBLIC_URL: 'http://127.0.0.1/tools' })
    const paths = documentFiles.flatMap((file) => serverPathsOf(readDoc(file)))
    assert.ok(paths.length > 50, `${paths.length}`)
    const statuses = new Map<string, number>()
    for (const { file, line, method, path } of paths) {
      const concrete = path.replace(/^(\/documents\/)(?:ID|:id|\{id\})?$/, `$1${someId}`)
      const server = /\/tools\b/.test(concrete)
        ? belowPath
        : concrete.startsWith('/.well-known/')
          ? withOAuth
          : stack.server
      const target = concrete === '/.well-known/' ? `${concrete}oauth-protected-resource` : concrete
      const key = `${method} ${target}`
      const status = statuses.get(key) ?? (await fetch(`${server.url}${target}`, { method })).status
      statuses.set(key, status)
      assert.notEqual(status, 404, `${file}:${line}: ${method} ${path} answers 404`)
    }
  })
})
