import assert from 'node:assert/strict'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { launchChromium } from '../../../dev/lib/chromium.ts'
import { stateDir } from '../../../dev/lib/paths.ts'
import { afterFile } from '../../support/cleanup.ts'

export interface Visit {
  readonly page: Page
  /** What the browser complained of since the last look: errors of scripts, refused or missing files. */
  complaints(): string[]
}

/** The folder is ignored by git. */
const screenshots = join(stateDir, 'screenshots')

/** A browser for a test file. */
export async function startBrowser(): Promise<Browser> {
  const browser = await launchChromium()
  afterFile(() => browser.close())
  return browser
}

/** Opens a page the way a reader of this kind sees it. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(url)
  return { page, complaints: () => complaints.splice(0) }
}

/** What a reader sees of it. */
// biome-ignore lint/performance/useDomNodeTextContent: what the style sheet hides is not meant
export const textOf = (shown: Locator): Promise<string> => shown.innerText()

/** Opens a tool's card, fills its form in, and sends it off. */
export async function call(page: Page, tool: string, given: Record<string, string> = {}): Promise<void> {
  const card = page.locator(`#tool-${tool}`)
  if ((await card.getAttribute('open')) === null) await card.locator('> summary').click()
  for (const [name, value] of Object.entries(given))
    await card.locator(`[data-argument="${name}"]`).fill(value)
  await card.getByRole('button', { name: `Call ${tool}` }).click()
}

/** What the page says of a call once it has ended. */
export async function verdict(page: Page, tool: string): Promise<string> {
  await page.locator(`#tool-${tool} .outcome:not([hidden])`).waitFor()
  return textOf(page.locator(`#tool-${tool} .verdict`))
}

/** A value that the page shows beside the result, such as the trace id. */
export const fact = (page: Page, tool: string, name: string): Promise<string> =>
  textOf(page.locator(`#tool-${tool} .facts dt:text-is("${name}") + dd > :first-child`))

export async function openAll(page: Page): Promise<void> {
  const closed = page.locator('details:not([open]) > summary:visible')
  while ((await closed.count()) > 0) await closed.first().click()
}

export const screenshot = (page: Page, name: string): Promise<Buffer> =>
  page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })

/** Fails for everything that axe finds wrong with the page as it is now. */
export async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const found = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as {
    id: string
    help: string
    nodes: { html: string; failureSummary: string }[]
  }[]
  const told = found.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map((n) => `  ${n.html}\n  ${n.failureSummary}`).join('\n')}`,
  )
  assert.equal(told.join('\n'), '')
}
