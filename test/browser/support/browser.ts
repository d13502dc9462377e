import assert from 'node:assert/strict'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { launchChromium } from '../../../dev/lib/chromium.ts'
import { stateDir } from '../../../dev/lib/paths.ts'
import { afterFile } from '../../support/cleanup.ts'

export interface Visit {
  readonly page: Page
  /** Console errors and warnings and uncaught exceptions since the last call. */
  browserErrors(): string[]
}

/** Ignored by git. */
const screenshots = join(stateDir, 'screenshots')

/** Starts a browser that closes with the test file. */
export async function startBrowser(): Promise<Browser> {
  const browser = await launchChromium()
  afterFile(() => browser.close())
  return browser
}

/** Opens a page in a new context, such as a phone or a dark color scheme. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const browserErrors: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) browserErrors.push(message.text())
  })
  page.on('pageerror', (error) => browserErrors.push(String(error)))
  await page.goto(url)
  return { page, browserErrors: () => browserErrors.splice(0) }
}

/** The visible text of an element. */
// biome-ignore lint/performance/useDomNodeTextContent: textContent includes hidden text
export const textOf = (locator: Locator): Promise<string> => locator.innerText()

/** Opens the card of a tool, fills in its form and submits it. */
export async function call(page: Page, tool: string, args: Record<string, string> = {}): Promise<void> {
  const card = page.locator(`#tool-${tool}`)
  if ((await card.getAttribute('open')) === null) await card.locator('> summary').click()
  for (const [name, value] of Object.entries(args))
    await card.locator(`[data-argument="${name}"]`).fill(value)
  await card.getByRole('button', { name: `Call ${tool}` }).click()
}

/** The status message of a call, once it has ended. */
export async function callStatus(page: Page, tool: string): Promise<string> {
  await page.locator(`#tool-${tool} .outcome:not([hidden])`).waitFor()
  return textOf(page.locator(`#tool-${tool} .verdict`))
}

/** A value next to the result, such as the trace id. */
export const fact = (page: Page, tool: string, name: string): Promise<string> =>
  textOf(page.locator(`#tool-${tool} .facts dt:text-is("${name}") + dd > :first-child`))

export async function openAll(page: Page): Promise<void> {
  const closed = page.locator('details:not([open]) > summary:visible')
  while ((await closed.count()) > 0) await closed.first().click()
}

export const screenshot = (page: Page, name: string): Promise<Buffer> =>
  page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })

/** Fails on every violation that axe finds in the current state of the page. */
export async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const found = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as {
    id: string
    help: string
    nodes: { html: string; failureSummary: string }[]
  }[]
  const report = found.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map((n) => `  ${n.html}\n  ${n.failureSummary}`).join('\n')}`,
  )
  assert.equal(report.join('\n'), '')
}
