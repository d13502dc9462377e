import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { startPostgres } from '../../dev/services/embedded-postgres.ts'
import { afterFile } from '../support/cleanup.ts'
import { startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { createTemplateDatabase, templateDatabase, urlOfDatabase } from '../support/template-database.ts'
import { call, callStatus, fact, screenshot, startBrowser, textOf, visit } from './support/browser.ts'

let browser: Browser
let stack: Stack
before(async () => {
  stack = await startStack()
  browser = await startBrowser()
})
const open = () => visit(browser, stack.server.url)
const summary = (text: string) => `#health-summary:text-is("${text}")`

describe('error messages of the page', () => {
  it('focuses a required empty field and sends no request', async () => {
    const { page } = await open()
    let sent = 0
    page.on('request', (request) => {
      if (request.url().endsWith('/mcp')) sent++
    })
    await call(page, 'search', { query: '' })
    assert.equal(await page.evaluate('document.activeElement.id'), 'search-query')
    assert.equal(await page.evaluate('document.activeElement.validity.valid'), false)
    assert.equal(sent, 0)
  })

  it('shows invalid_arguments of the server with request id and log command', async () => {
    const { page, browserErrors } = await open()
    await call(page, 'search', { query: '   ' })
    assert.match(
      await callStatus(page, 'search'),
      /^invalid_arguments: .*must not be empty[\s\S]*Correct the arguments/,
    )
    const requestId = await fact(page, 'search', 'Request id')
    assert.equal(await fact(page, 'search', 'Log line'), `grep ${requestId} .local/log.jsonl`)
    assert.deepEqual(browserErrors(), [])
  })

  it('shows not_found with a hint for an unknown document', async () => {
    const { page, browserErrors } = await open()
    await call(page, 'fetch', { id: 'nope' })
    assert.match(await callStatus(page, 'fetch'), /^not_found: [\s\S]*an id from a search result/)
    assert.deepEqual(browserErrors(), [])
  })

  it('shows the database as down and calls as unavailable during an outage of Postgres', async () => {
    const postgres = await startPostgres()
    afterFile(() => postgres.stop())
    await createTemplateDatabase(postgres)
    const server = await startServer({
      ...stack.env,
      DATABASE_URL: urlOfDatabase(postgres.url, templateDatabase),
    })
    const { page } = await visit(browser, server.url)
    await postgres.stop()
    await page.locator(summary('Unhealthy')).waitFor()
    assert.equal(await textOf(page.locator('[data-check=database] .state')), 'down')
    assert.equal(await textOf(page.locator('[data-check=redis] .state')), 'up')
    await call(page, 'search', { query: 'not asked before' })
    assert.match(await callStatus(page, 'search'), /^unavailable: [\s\S]*see Health/)
    await screenshot(page, 'database-down')
    await page.goto(`${server.url}/documents/guides.quick-start`)
    assert.match(await textOf(page.locator('body')), /^503/)
  })

  it('shows health as unknown and calls as unreachable after the server exits', async () => {
    const server = await startServer(stack.env)
    const { page } = await visit(browser, server.url)
    await server.stop('SIGKILL')
    await call(page, 'search')
    assert.match(await callStatus(page, 'search'), /^The server is unreachable[\s\S]*Start it again/)
    await page.locator(summary('No response')).waitFor()
    assert.deepEqual(await page.locator('[data-check] .state').allInnerTexts(), [
      'unknown',
      'unknown',
      'unknown',
    ])
    await screenshot(page, 'server-gone')
  })

  it('shows health again after a lost connection', async () => {
    const { page } = await open()
    await page.route('**/status', (route) => route.abort('connectionrefused'))
    await page.locator(summary('No response')).waitFor()
    await page.unroute('**/status')
    await page.locator(summary('Healthy')).waitFor()
    assert.deepEqual(await page.locator('[data-check] .state').allInnerTexts(), ['up', 'up', 'up'])
  })

  it('shows that the browser is offline', async () => {
    const { page } = await open()
    await page.context().setOffline(true)
    await call(page, 'search')
    assert.match(await callStatus(page, 'search'), /^You are offline/)
  })

  const rpcError = (code: number, message: string) => ({
    contentType: 'application/json',
    body: JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }),
  })
  for (const [failure, response, message] of [
    [
      'a rate limit',
      { status: 429, headers: { 'retry-after': '7' }, ...rpcError(-32000, 'Slow down.') },
      /^Too many calls: Slow down\.\s+Try again in 7 s/,
    ],
    [
      'a missing credential',
      { status: 401, ...rpcError(-32000, 'Log in.') },
      /^Not authenticated: Log in\.\s+This server requires a key/,
    ],
    [
      'a rejected origin',
      { status: 403, ...rpcError(-32000, 'Invalid Origin') },
      /^Invalid Origin\s+Your key or token/,
    ],
    [
      'an error of a proxy',
      { status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' },
      /^The server responded with status 502\s+The server failed/,
    ],
    [
      'a response that is not JSON-RPC',
      { status: 200, contentType: 'text/html', body: '<h1>Log in to the wifi</h1>' },
      /^Invalid response/,
    ],
  ] as const) {
    it(`explains ${failure}`, async () => {
      const { page } = await open()
      await page.route('**/mcp', (route) => route.fulfill(response))
      await call(page, 'search')
      assert.match(await callStatus(page, 'search'), message)
    })
  }
})
