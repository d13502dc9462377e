import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { service } from '../../src/config/package.ts'
import { otlpEnvironment, startOtlpReceiver } from '../support/otlp.ts'
import { type Stack, startStack } from '../support/stack.ts'
import {
  assertAccessible,
  call,
  fact,
  openAll,
  screenshot,
  startBrowser,
  textOf,
  verdict,
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
const open = (options?: Parameters<typeof visit>[2]) => visit(browser, stack.server.url, options)

describe('the page', () => {
  it('says what this is and how it is, and the browser has nothing to complain of', async () => {
    const { page, complaints } = await open()
    assert.equal(await page.title(), service.title)
    assert.equal(await textOf(page.locator('h1')), service.title)
    assert.match(await textOf(page.locator('.eyebrow')), new RegExp(service.version))
    assert.equal(await textOf(page.locator('#endpoint')), stack.server.mcpUrl.href)
    assert.equal(await textOf(page.locator('#health-summary')), 'Healthy')
    assert.deepEqual(await page.locator('[data-check] .state').allInnerTexts(), ['up', 'up', 'up'])
    for (const name of ['Grafana', 'Prometheus', 'Alertmanager', 'Metrics', 'Health'])
      assert.equal(await page.getByRole('link', { name: new RegExp(`^${name} `) }).count(), 1, name)
    await screenshot(page, 'light')
    assert.deepEqual(complaints(), [])
  })

  it('refuses what the policy does not allow', async () => {
    const { page, complaints } = await open()
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' }))",
    )
    assert.equal(await page.evaluate('window.ran'), undefined)
    assert.match(complaints().join(), /Content Security Policy/)
  })

  it('copies what a client needs, filled in with the address of this server', async () => {
    const { page, complaints } = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
    const clipboard = () => page.evaluate('navigator.clipboard.readText()')
    await page.getByRole('button', { name: 'Copy the setup of Claude Code' }).click()
    await page.locator('#announcement').filter({ hasText: 'Copied' }).waitFor({ state: 'attached' })
    assert.equal(await clipboard(), `claude mcp add --transport http ${service.name} ${stack.server.mcpUrl}`)
    await openAll(page)
    for (const button of await page.locator('#clients .copy').all()) {
      await button.click()
      assert.match(String(await clipboard()), /inspector|\/mcp/)
    }
    assert.deepEqual(complaints(), [])
  })
})

describe('each tool', () => {
  it('is called, and its trace id is the one of the log line and of the span', async () => {
    const { page, complaints } = await open()
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
      assert.match(await verdict(page, tool), /^Success in [\d.]+ m?s/)
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
    assert.deepEqual(complaints(), [])
  })

  it('shows what strangers wrote as text', async () => {
    const { page, complaints } = await open()
    await call(page, 'add_document', {
      title: '<img src=x onerror=alert(1)>',
      text: '<script>alert(1)</script>',
    })
    await verdict(page, 'add_document')
    const id = await textOf(page.locator('#tool-add_document .result dd').first())
    await call(page, 'fetch', { id })
    await verdict(page, 'fetch')
    assert.match(await textOf(page.locator('#tool-fetch .result')), /<script>alert\(1\)<\/script>/)
    assert.equal(await page.locator('img, .result script').count(), 0)
    assert.deepEqual(complaints(), [])
  })

  it('tells how far it is, and can be cancelled', async () => {
    const { page, complaints } = await open()
    stack.api.setFault({ kind: 'slow', delayMs: 1_500 })
    try {
      await call(page, 'search_all', { query: 'progress of a slow search' })
      await page.locator('#tool-search_all .verdict', { hasText: '1 of 2: documents finished' }).waitFor()
      await page.locator('#tool-search_all').getByRole('button', { name: 'Cancel' }).click()
      assert.match(await verdict(page, 'search_all'), /^Cancelled/)
      await stack.server.line(
        (line) => line['gen_ai.tool.name'] === 'search_all' && line.outcome === 'cancelled',
      )
    } finally {
      stack.api.setFault(undefined)
    }
    assert.deepEqual(complaints(), [])
  })
})

describe('for everybody', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`axe finds nothing, ${colorScheme}`, async () => {
      const { page, complaints } = await open({ colorScheme })
      await assertAccessible(page)
      await call(page, 'search')
      await verdict(page, 'search')
      await call(page, 'fetch', { id: 'nope' })
      await verdict(page, 'fetch')
      await openAll(page)
      await assertAccessible(page)
      await screenshot(page, `open-${colorScheme}`)
      await page.goto(`${stack.server.url}/documents/guides.configuration`)
      await assertAccessible(page)
      await screenshot(page, `document-${colorScheme}`)
      assert.deepEqual(complaints(), [])
    })
  }

  it('fits a phone', async () => {
    const { page } = await open({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true })
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth')
    assert.equal(await overflow(), 0)
    await call(page, 'fetch', { id: 'guides.observability' })
    await verdict(page, 'fetch')
    await call(page, 'search', { query: ' ' })
    await verdict(page, 'search')
    await openAll(page)
    assert.equal(await overflow(), 0)
    await screenshot(page, 'phone')
    const small = await page.evaluate(
      `Array.from(document.querySelectorAll('button, summary'), (one) => [one.outerHTML, one.getBoundingClientRect().height])
        .filter(([, height]) => height > 0 && height < 24)`,
    )
    assert.deepEqual(small, [], 'targets have at least 24 px (WCAG 2.2, 2.5.8)')
  })

  it('works by keyboard alone', async () => {
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
    assert.match(await verdict(page, 'search'), /^Success/)
    await press('Tab')
    assert.equal(await focused(), 'Call search')
    await press('Tab')
    assert.match(String(await focused()), /^results/)
    // On to the next card, which Enter opens.
    for (let tabs = 0; tabs < 40 && !String(await focused()).startsWith('fetch'); tabs++) await press('Tab')
    await press('Enter', 'Tab')
    assert.equal(await focused(), 'id')
    await press('Enter')
    assert.match(await verdict(page, 'fetch'), /^Success/)
  })

  it('is complete without its script, but for calling', async () => {
    const { page } = await open({ javaScriptEnabled: false })
    assert.deepEqual(await page.locator('[data-check] .state').allInnerTexts(), ['up', 'up', 'up'])
    assert.match(await textOf(page.locator('#tools')), /requires JavaScript/)
    assert.equal(await page.getByRole('button').count(), 0)
  })
})
