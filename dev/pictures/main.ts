/**
 * Takes the screenshots of the README from the server of `npm start`: `node --import tsx dev/pictures/main.ts`.
 * Times and ids differ from run to run; retake them when the page changes.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from '../lib/chromium.ts'
import { runMain } from '../lib/command.ts'
import { checkout } from '../lib/paths.ts'
import { terminalPage } from './terminal-page.ts'

/** The address in the README. */
const url = 'http://localhost:8080'
const folder = join(checkout, 'docs/images')

async function takePage(browser: Browser): Promise<void> {
  const page = await openPage(browser, 1_045)
  await page.goto(url)
  const card = page.locator('#tool-search')
  if ((await card.getAttribute('open')) === null) await card.locator('> summary').click()
  await card.locator('[data-argument="query"]').fill('add a tool')
  await card.getByRole('button', { name: 'Call search' }).click()
  await card.locator('.outcome:not([hidden])').waitFor()
  await page.evaluate('scrollTo(0, 0)')
  await save('page.png', (path) => page.screenshot({ path }))
}

async function takeSignals(browser: Browser, output: string): Promise<void> {
  const page = await openPage(browser, 200)
  await page.setContent(terminalPage('npm run try -- search "burn rate"', output))
  await save('signals.png', (path) => page.locator('main').screenshot({ path, omitBackground: true }))
}

async function tryTool(...words: string[]): Promise<string> {
  const args = ['--import', 'tsx', 'dev/try/main.ts', ...words, '--url', `${url}/mcp`]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: checkout })
  return stdout
}

async function openPage(browser: Browser, height: number): Promise<Page> {
  const viewport = { width: 1_000, height }
  const context = await browser.newContext({ viewport, colorScheme: 'light', reducedMotion: 'reduce' })
  return context.newPage()
}

async function save(name: string, screenshot: (path: string) => Promise<unknown>): Promise<void> {
  const path = join(folder, name)
  await screenshot(path)
  console.log(`docs/images/${name}  ${Math.round(statSync(path).size / 1_000)} kB`)
}

await runMain(async () => {
  mkdirSync(folder, { recursive: true })
  // Warm up the server, and take the output before the browser slows the machine.
  await tryTool('search', 'circuit breaker')
  const output = await tryTool('search', 'burn rate')
  const browser = await launchChromium()
  try {
    await takeSignals(browser, output)
    await takePage(browser)
  } finally {
    await browser.close()
  }
})
