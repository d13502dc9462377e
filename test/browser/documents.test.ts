import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { before, describe, it } from 'node:test'
import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { createDocumentPages } from '../../src/documents/page.ts'
import type { Authentication } from '../../src/http/middleware/authentication.ts'
import { afterFile } from '../support/cleanup.ts'
import { startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { assertAccessible, screenshot, startBrowser, textOf, visit } from './support/browser.ts'

let browser: Browser
let stack: Stack
before(async () => {
  stack = await startStack()
  browser = await startBrowser()
})
const open = (path: string, options?: Parameters<typeof visit>[2]) =>
  visit(browser, `${stack.server.url}${path}`, options)
const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }
const overflow = (page: Page) => page.evaluate('document.documentElement.scrollWidth - innerWidth')

async function search(page: Page, query: string): Promise<string> {
  await page.getByRole('searchbox').fill(query)
  await page.keyboard.press('Enter')
  await page.locator('.verdict').filter({ hasNotText: 'Searching' }).filter({ hasText: /./ }).waitFor()
  return textOf(page.locator('.verdict'))
}

describe('the index of the documents', () => {
  it('lists runbooks as a table of alert, severity and meaning, and other kinds in groups', async () => {
    const { page, browserErrors } = await open('/')
    await page.getByRole('link', { name: 'Documents', exact: true }).click()
    assert.equal(await textOf(page.locator('h1')), 'Documents')
    const row = page.getByRole('row', { name: /^HighErrorRate/ })
    assert.equal(await textOf(row.getByRole('cell').first()), 'page')
    assert.match(await textOf(row.getByRole('cell').last()), /^More than one in ten calls/)
    for (const [group, title] of [
      ['Decisions', /^0002: /],
      ['Other documents', /^Security policy/],
    ] as const)
      await page.getByRole('region', { name: group }).getByRole('link', { name: title }).waitFor()
    await page.getByRole('navigation', { name: 'Kinds' }).getByRole('link', { name: 'Runbooks' }).click()
    assert.match(page.url(), /#runbook$/)
    await screenshot(page, 'documents')
    assert.deepEqual(browserErrors(), [])
  })

  it('is complete without JavaScript, except for the search', async () => {
    const { page } = await open('/documents', { javaScriptEnabled: false })
    assert.equal(await page.getByRole('searchbox').count(), 0)
    assert.match(await textOf(page.locator('.notice')), /requires JavaScript/)
    await page.getByRole('link', { name: 'CacheErrors' }).click()
    assert.equal(await textOf(page.locator('h1')), 'CacheErrors')
  })
})

describe('pages below a path of PUBLIC_URL', () => {
  it('call tools, follow results and show the health there', async () => {
    const port = await freePort()
    const PUBLIC_URL = `http://127.0.0.1:${port}/tools`
    const server = await startServer({ ...stack.env, PORT: String(port), PUBLIC_URL })
    afterFile(() => server.stop())
    const { page, browserErrors } = await visit(browser, `${PUBLIC_URL}/`)
    await page.waitForResponse((response) => response.url() === `${PUBLIC_URL}/status` && response.ok())
    await page.getByRole('link', { name: 'Documents', exact: true }).click()
    // With its script: before, Enter would submit the form.
    await page.waitForURL(`${PUBLIC_URL}/documents`)
    await search(page, 'error budget')
    await page.getByRole('list', { name: 'Search results' }).getByRole('link').first().click()
    assert.ok(page.url().startsWith(`${PUBLIC_URL}/documents/`), page.url())
    assert.notEqual(await textOf(page.locator('h1')), '404')
    assert.deepEqual(browserErrors(), [])
  })
})

describe('the search box', () => {
  it('calls the tool and links each result to its page', async () => {
    const { page, browserErrors } = await open('/documents')
    assert.match(await search(page, 'burn rate latency'), /results? for “burn rate latency”/)
    const hit = page.locator('.hits a', { hasText: 'LatencyBudgetBurn' })
    assert.ok((await page.locator('.hits mark').count()) > 0)
    await hit.click()
    assert.equal(await textOf(page.locator('h1')), 'LatencyBudgetBurn')
    await page.goBack()
    await hit.waitFor()
    assert.equal(await page.getByRole('searchbox').inputValue(), 'burn rate latency')
    const line = await stack.server.line((line) => line['gen_ai.tool.name'] === 'search')
    assert.match(String(line['mcp.client.name']), /-page$/)
    assert.deepEqual(browserErrors(), [])
  })

  it('says when nothing matches, and removes results when it is emptied', async () => {
    const { page } = await open('/documents/guides.logs')
    await search(page, 'redis')
    assert.ok(await page.locator('.hits').isVisible())
    assert.match(await search(page, 'qqqqqqqq'), /^No document matches “qqqqqqqq”/)
    assert.ok(await page.locator('.hits').isHidden())
    await page.getByRole('searchbox').fill('')
    assert.equal(await textOf(page.locator('.verdict')), '')
    assert.equal(new URL(page.url()).search, '')
  })

  it('shows only the results of the latest search', async () => {
    const { page } = await open('/documents')
    await page.route('**/mcp', async (route) => {
      if (route.request().postData()?.includes('"slow"')) await new Promise((done) => setTimeout(done, 1_500))
      await route.continue().catch(() => undefined)
    })
    await page.getByRole('searchbox').fill('slow')
    await page.keyboard.press('Enter')
    assert.match(await search(page, 'redis'), /“redis”/)
    await page.waitForTimeout(2_000)
    assert.match(await textOf(page.locator('.verdict')), /“redis”/)
  })

  it('shows results as text and a failed call with advice', async () => {
    const { page, browserErrors } = await open('/documents')
    const result = {
      structuredContent: {
        results: [{ id: 'a', title: '<b>T</b>', url: '', snippet: 'An answer * <img src=x>' }],
        note: 'Partial matches.',
      },
      content: [],
    }
    const respond = (status: number, body: object) => ({
      status,
      contentType: 'application/json',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }),
    })
    await page.route('**/mcp', (route) => route.fulfill(respond(200, { result })))
    assert.match(await search(page, 'answer'), /“answer”, best first\. Partial matches\.$/)
    assert.equal(await textOf(page.locator('.hits a')), '<b>T</b>')
    assert.equal(await textOf(page.locator('.hits p')), 'An answer * <img src=x>')
    assert.equal(await textOf(page.locator('.hits mark')), 'answer')
    assert.equal(await page.locator('.hits img, .hits b').count(), 0)
    assert.deepEqual(browserErrors(), [])
    await page.unroute('**/mcp')
    await page.route('**/mcp', (route) =>
      route.fulfill(respond(401, { error: { code: -32000, message: 'Log in.' } })),
    )
    await page.getByRole('searchbox').fill('b')
    await page.keyboard.press('Enter')
    await page.locator('.verdict', { hasText: 'Not authenticated' }).waitFor()
    assert.ok(await page.locator('.hits').isHidden())
  })
})

describe('the search box of a server with API keys', () => {
  it('sends the key with the call and stores it nowhere', async () => {
    const app = express()
    const allow: Authentication = (_req, _res, next) => next()
    const listByKind = async () => []
    const get = async () => undefined
    const access = { authenticate: allow, authorize: () => allow }
    app.use(createDocumentPages({ documents: { listByKind, get }, access, authMode: 'api-key' }))
    app.use('/assets', express.static('public'))
    const credentials: (string | undefined)[] = []
    app.post('/mcp', (req, res) => {
      credentials.push(req.get('authorization'))
      res.json({ jsonrpc: '2.0', id: 1, result: { content: [], structuredContent: { results: [] } } })
    })
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    afterFile(() => server.close().closeAllConnections())
    const { page } = await visit(
      browser,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/documents`,
    )
    await page.getByLabel('API key').fill(' s3cret ')
    assert.match(await search(page, 'a'), /^No document matches/)
    assert.deepEqual(credentials, ['Bearer s3cret'])
    assert.doesNotMatch(page.url(), /s3cret/)
    assert.deepEqual(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]'), [
      0,
      0,
      '',
    ])
    await assertAccessible(page)
  })
})

describe('the page of a document', () => {
  it('leads back to the index, the group and the start page', async () => {
    const { page, browserErrors } = await open('/documents/runbooks.high-error-rate')
    const trail = page.getByRole('navigation', { name: 'Breadcrumb' })
    assert.deepEqual(await trail.getByRole('link').evaluateAll(hrefs), [
      '/',
      '/documents',
      '/documents#runbook',
    ])
    await trail.getByRole('link', { name: 'Runbooks' }).click()
    assert.match(page.url(), /\/documents#runbook$/)
    assert.deepEqual(browserErrors(), [])
  })

  it('has a table of contents if it is long, beside the text on a wide screen', async () => {
    const { page } = await open('/documents/guides.configuration', { viewport: { width: 1400, height: 800 } })
    const contents = page.getByRole('navigation', { name: 'On this page' })
    const box = async (selector: string) => (await page.locator(selector).boundingBox()) ?? assert.fail()
    const [beside, text] = [await box('.contents'), await box('main')]
    assert.ok(beside.x >= text.x + text.width, 'beside the text')
    const link = contents.getByRole('link').last()
    await link.click()
    const target = page.locator(String(await link.getAttribute('href')).replace('#', 'h2#'))
    assert.equal(await textOf(target), await textOf(link))
    assert.ok(await contents.isVisible())
    await page.setViewportSize({ width: 1000, height: 800 })
    assert.equal((await box('.contents')).x, (await box('main')).x, 'in the text')
    await page.goto(`${stack.server.url}/documents/decisions.0002-stateless`)
    assert.equal(await page.locator('.contents').count(), 0)
  })
})

// biome-ignore lint/suspicious/noExplicitAny: the compiler does not know the browser's types here
const hrefs = (links: any[]) => links.map((link) => link.getAttribute('href'))

describe('every reader', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`gets pages in which axe finds no violation, ${colorScheme}`, async () => {
      const { page, browserErrors } = await open('/documents', { colorScheme })
      await assertAccessible(page)
      await search(page, 'redis')
      await assertAccessible(page)
      await screenshot(page, `documents-search-${colorScheme}`)
      for (const id of ['guides.metrics', 'runbooks.dependency-down', 'readme']) {
        await page.goto(`${stack.server.url}/documents/${id}`)
        await assertAccessible(page)
      }
      assert.deepEqual(browserErrors(), [])
      await page.goto(`${stack.server.url}/documents/nope`)
      await assertAccessible(page)
    })
  }

  it('sees on a phone pages that never scroll sideways, with the table of runbooks intact', async () => {
    const { page } = await open('/documents', phone)
    assert.equal(await overflow(page), 0)
    assert.equal(await page.getByRole('row', { name: /^TelemetryExportFailing/ }).count(), 1)
    await assertAccessible(page)
    await search(page, 'latency budget')
    assert.equal(await overflow(page), 0)
    await screenshot(page, 'documents-phone')
    const small = await page.evaluate(
      `Array.from(document.querySelectorAll('button, main a, .hits a'), (one) => [one.outerHTML, one.getBoundingClientRect().height])
        .filter(([, height]) => height < 24)`,
    )
    assert.deepEqual(small, [], 'targets have at least 24 px (WCAG 2.2, 2.5.8)')
    const links = (await page.locator('main a').evaluateAll(hrefs)) as string[]
    const paths = links.filter((href) => href.startsWith('/documents/'))
    assert.ok(paths.length > 50, `${paths.length} documents`)
    // In one page, because a navigation to each takes most of the time of this suite.
    const wide = await page.evaluate(`(async () => {
      const wide = []
      for (const path of ${JSON.stringify(paths)}) {
        const response = await fetch(path)
        if (!response.ok) throw new Error(path + ' ' + response.status)
        document.body.replaceWith(new DOMParser().parseFromString(await response.text(), 'text/html').body)
        if (document.documentElement.scrollWidth > innerWidth) wide.push(path)
      }
      return wide
    })()`)
    assert.deepEqual(wide, [])
  })

  it('can use them by keyboard alone', async () => {
    const { page } = await open('/documents/guides.metrics')
    const focused = () =>
      page.evaluate('document.activeElement.id || document.activeElement.textContent.trim()')
    await page.keyboard.press('Tab')
    assert.equal(await focused(), 'Skip to the content')
    assert.notEqual(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none')
    await page.keyboard.press('Enter')
    assert.equal(await focused(), 'content')
    await page.keyboard.press('Tab')
    assert.notEqual(await page.evaluate("document.activeElement.closest('main')"), null)
    await page.reload()
    for (let tabs = 0; tabs < 10 && (await focused()) !== 'query'; tabs++) await page.keyboard.press('Tab')
    await page.keyboard.type('quick start')
    await page.keyboard.press('Enter')
    await page.locator('.hits a').first().waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await focused(), 'Search')
    await page.keyboard.press('Tab')
    const title = await focused()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/documents\/[^?]*$/)
    assert.equal(await textOf(page.locator('h1')), title)
  })
})
