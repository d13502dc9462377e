import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { service } from '../../src/config/package.ts'
import { otlpEnvironment, startOtlpReceiver } from '../support/otlp.ts'
import { type Stack, startStack } from '../support/stack.ts'
import {
  assertAccessible,
  call,
  callStatus,
  fact,
  openAll,
  screenshot,
  startBrowser,
  textOf,
  visit,
} from './support/browser.ts'

let browser: Browser
let stack: Stack
let otlp: Awaited<ReturnType<typeof startOtlpReceiver>>
before(async () => {
  otlp = await startOtlpReceiver()
  stack = await startStack({
    ...otlpEnvironment(otlp.url),
    GRAFANA_URL: 'http://localhost:3000',
    PROMETHEUS_URL: 'http://localhost:9090',
    ALERTMANAGER_URL: 'http://localhost:9093',
  })
  browser = await startBrowser()
})
async function open(options?: Parameters<typeof visit>[2]) {
  const visited = await visit(browser, stack.server.url, options)
  // add_document asks before the call, because it can replace a document.
  visited.page.on('dialog', (dialog) => void dialog.accept())
  return visited
}

/** While browsers start, a busy machine can make a check exceed its timeout. */
async function reloadUntilHealthy(page: Page): Promise<void> {
  for (let tries = 0; tries < 10 && (await textOf(page.locator('#health-summary'))) !== 'Healthy'; tries++) {
    await page.waitForTimeout(1_000)
    await page.reload()
  }
}

describe('the home page', () => {
  it('shows title, version, endpoint, health and links without browser errors', async () => {
    const { page, browserErrors } = await open()
    assert.equal(await page.title(), service.title)
    assert.equal(await textOf(page.locator('h1')), service.title)
    assert.match(await textOf(page.locator('.eyebrow')), new RegExp(service.version))
    assert.equal(await textOf(page.locator('#endpoint')), stack.server.mcpUrl.href)
    await reloadUntilHealthy(page)
    assert.equal(await textOf(page.locator('#health-summary')), 'Healthy')
    assert.deepEqual(await page.locator('[data-check] .state').allInnerTexts(), ['up', 'up', 'up'])
    for (const name of ['Grafana', 'Prometheus', 'Alertmanager', 'Metrics', 'Health'])
      assert.equal(await page.getByRole('link', { name: new RegExp(`^${name} `) }).count(), 1, name)
    await screenshot(page, 'light')
    assert.deepEqual(browserErrors(), [])
  })

  it('blocks inline scripts by its content security policy', async () => {
    const { page, browserErrors } = await open()
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' }))",
    )
    assert.equal(await page.evaluate('window.ran'), undefined)
    assert.match(browserErrors().join(), /Content Security Policy/)
  })

  it('copies client settings with the URL of this server', async () => {
    const { page, browserErrors } = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
    const clipboard = () => page.evaluate('navigator.clipboard.readText()')
    await page.getByRole('button', { name: 'Copy the setup of Claude Code' }).click()
    await page.locator('#announcement').filter({ hasText: 'Copied' }).waitFor({ state: 'attached' })
    assert.equal(await clipboard(), `claude mcp add --transport http ${service.name} ${stack.server.mcpUrl}`)
    await openAll(page)
    for (const button of await page.locator('#clients .copy').all()) {
      await button.click()
      assert.match(String(await clipboard()), /inspector|\/mcp/)
    }
    assert.deepEqual(browserErrors(), [])
  })
})

describe('the tool forms', () => {
  it('call each tool and show the trace id of its log line and span', async () => {
    const { page, browserErrors } = await open()
    const calls: [tool: string, given: Record<string, string>, result: RegExp][] = [
      ['search', { query: 'burn rate' }, /runbooks\.latency-budget-burn|runbooks\.availability-budget-burn/],
      ['fetch', { id: 'guides.quick-start' }, /# Quick start/],
      ['search_all', { query: 'redis' }, /documents[\s\S]*wikipedia[\s\S]*missing\s+none/],
      ['search_wikipedia', { query: 'redis', limit: '2' }, /results/],
      [
        'add_document',
        { title: 'From the page', text: '# Hello\n\n<b>x</b>', tags: 'one\ntwo' },
        /created\s+true/,
      ],
    ]
    assert.deepEqual(
      ((await page.evaluate('Array.from(document.forms, (form) => form.dataset.tool)')) as string[]).sort(),
      calls.map(([tool]) => tool).sort(),
    )
    for (const [tool, given, result] of calls) {
      await call(page, tool, given)
      assert.match(await callStatus(page, tool), /^Success in [\d.]+ m?s/)
      assert.match(await textOf(page.locator(`#tool-${tool} .result`)), result)
      const traceId = await fact(page, tool, 'Trace id')
      const requestId = await fact(page, tool, 'Request id')
      const line = await stack.server.line((line) => line.request_id === requestId)
      assert.deepEqual([line.trace_id, line['gen_ai.tool.name'], line.outcome], [traceId, tool, 'success'])
      assert.equal(line['mcp.client.name'], `${service.name}-page`)
      const span = await otlp.span((span) => span.traceId === traceId && span.name === `tools/call ${tool}`)
      assert.ok(span.parentSpanId)
      const links = (await page.evaluate(
        `Array.from(document.querySelectorAll('#tool-${tool} .facts a'), (link) => link.href)`,
      )) as string[]
      assert.equal(links.length, 2)
      for (const link of links)
        assert.ok(link.startsWith('http://localhost:3000/explore?') && link.includes(traceId))
    }
    await openAll(page)
    await screenshot(page, 'called')
    assert.deepEqual(browserErrors(), [])
  })

  it('escape HTML in results', async () => {
    const { page, browserErrors } = await open()
    await call(page, 'add_document', {
      title: '<img src=x onerror=alert(1)>',
      text: '<script>alert(1)</script>',
    })
    await callStatus(page, 'add_document')
    const id = await textOf(page.locator('#tool-add_document .result dd').first())
    await call(page, 'fetch', { id })
    await callStatus(page, 'fetch')
    assert.match(await textOf(page.locator('#tool-fetch .result')), /<script>alert\(1\)<\/script>/)
    assert.equal(await page.locator('img, .result script').count(), 0)
    assert.deepEqual(browserErrors(), [])
  })

  it('show progress and cancel a call', async () => {
    const { page, browserErrors } = await open()
    stack.api.setFault({ kind: 'frozen' })
    try {
      await call(page, 'search_all', { query: 'progress of a slow search' })
      await page.locator('#tool-search_all .verdict', { hasText: '1 of 2: documents finished' }).waitFor()
      await page.locator('#tool-search_all').getByRole('button', { name: 'Cancel' }).click()
      assert.match(await callStatus(page, 'search_all'), /^Cancelled/)
      await stack.server.line(
        (line) => line['gen_ai.tool.name'] === 'search_all' && line.outcome === 'cancelled',
      )
    } finally {
      stack.api.setFault(undefined)
    }
    assert.deepEqual(browserErrors(), [])
  })
})

describe('accessibility', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`passes axe in the ${colorScheme} color scheme`, async () => {
      const { page, browserErrors } = await open({ colorScheme })
      await assertAccessible(page)
      await call(page, 'search')
      await callStatus(page, 'search')
      await call(page, 'fetch', { id: 'nope' })
      await callStatus(page, 'fetch')
      await openAll(page)
      await assertAccessible(page)
      await screenshot(page, `open-${colorScheme}`)
      await page.goto(`${stack.server.url}/documents/guides.configuration`)
      await assertAccessible(page)
      await screenshot(page, `document-${colorScheme}`)
      assert.deepEqual(browserErrors(), [])
    })
  }

  it('fits a phone without horizontal scrolling', async () => {
    const { page } = await open({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true })
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth')
    assert.equal(await overflow(), 0)
    await call(page, 'fetch', { id: 'guides.observability' })
    await callStatus(page, 'fetch')
    await call(page, 'search', { query: ' ' })
    await callStatus(page, 'search')
    await openAll(page)
    assert.equal(await overflow(), 0)
    await screenshot(page, 'phone')
    const small = await page.evaluate(
      `Array.from(document.querySelectorAll('button, summary'), (one) => [one.outerHTML, one.getBoundingClientRect().height])
        .filter(([, height]) => height > 0 && height < 24)`,
    )
    assert.deepEqual(small, [], 'targets smaller than 24 px (WCAG 2.2, 2.5.8)')
  })

  it('supports calls by keyboard alone', async () => {
    const { page } = await open()
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    const focused = () =>
      page.evaluate('document.activeElement.dataset.argument ?? document.activeElement.textContent.trim()')
    await press('Tab')
    assert.equal(await focused(), 'Skip to the tools')
    await press('Enter', 'Tab', 'Tab')
    assert.equal(await focused(), 'query')
    await press('Control+a')
    await page.keyboard.type('quick start')
    await press('Enter')
    assert.match(await callStatus(page, 'search'), /^Success/)
    await press('Tab')
    assert.equal(await focused(), 'Call search')
    await press('Tab')
    assert.match(String(await focused()), /^results/)
    // Enter opens the next card.
    for (let tabs = 0; tabs < 40 && !String(await focused()).startsWith('fetch'); tabs++) await press('Tab')
    await press('Enter', 'Tab')
    assert.equal(await focused(), 'id')
    await press('Enter')
    assert.match(await callStatus(page, 'fetch'), /^Success/)
  })

  it('shows everything except tool calls without JavaScript', async () => {
    const { page } = await open({ javaScriptEnabled: false })
    await reloadUntilHealthy(page)
    assert.deepEqual(await page.locator('[data-check] .state').allInnerTexts(), ['up', 'up', 'up'])
    assert.match(await textOf(page.locator('#tools')), /requires JavaScript/)
    assert.equal(await page.getByRole('button').count(), 0)
  })
})
