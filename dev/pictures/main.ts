/**
 * `npm run pictures`: takes the pictures of the README from a server that `npm start` runs. They show what that
 * server answers, so they differ in times and ids from run to run; take them again when the page has changed.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from '../lib/chromium.ts'
import { describeError, ExpectedError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'
import { waitFor } from '../lib/wait-for.ts'
import { terminalPage } from './terminal-page.ts'

/** The address that the pictures show is the one that the README names. */
const url = 'http://localhost:8080'
const folder = join(checkout, 'docs/images')

const isReady = () =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )

/** @returns what stops it */
async function startServer(): Promise<() => Promise<unknown>> {
  if (await isReady()) throw new ExpectedError(`A server runs on ${url} already. Stop it, then come back.`)
  const env = { ...process.env, PORT: '8080' }
  const start = spawn(process.execPath, ['--import', 'tsx', 'dev/start/main.ts'], {
    cwd: checkout,
    env,
    stdio: 'ignore',
  })
  const exited = once(start, 'exit')
  const stop = () => {
    start.kill('SIGINT')
    return exited
  }
  // The launcher gives up by itself on a server that makes no progress.
  const ready = await waitFor(async () => (await isReady()) || undefined, {
    while: () => start.exitCode === null,
  })
  if (!ready) throw new ExpectedError('The server did not start. Does `npm start`?')
  return stop
}

async function takePage(browser: Browser): Promise<void> {
  const page = await openPage(browser, { width: 1_000, height: 1_045 })
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
  const page = await openPage(browser, { width: 1_000, height: 200 })
  await page.setContent(terminalPage('npm run try -- search "burn rate"', output))
  await save('signals.png', (path) => page.locator('main').screenshot({ path, omitBackground: true }))
}

async function tryTool(...words: string[]): Promise<string> {
  const args = ['--import', 'tsx', 'dev/try/main.ts', ...words, '--url', `${url}/mcp`]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: checkout })
  return stdout
}

async function openPage(browser: Browser, viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport, colorScheme: 'light', reducedMotion: 'reduce' })
  return context.newPage()
}

async function save(name: string, take: (path: string) => Promise<unknown>): Promise<void> {
  const path = join(folder, name)
  await take(path)
  console.log(`docs/images/${name}  ${Math.round(statSync(path).size / 1_000)} kB`)
}

async function takePictures(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const stop = await startServer()
  try {
    // The first call ever shows how long everything takes to wake up, and a browser that starts slows the next.
    await tryTool('search', 'circuit breaker')
    const output = await tryTool('search', 'burn rate')
    const browser = await launchChromium()
    try {
      await takeSignals(browser, output)
      await takePage(browser)
    } finally {
      await browser.close()
    }
  } finally {
    await stop()
  }
}

try {
  await takePictures()
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}
