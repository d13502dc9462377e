import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { ExpectedError } from './expected-error.ts'

/**
 * Launches Debian's Chromium, or the browser that `CHROMIUM` names.
 *
 * @throws ExpectedError if it is not installed
 */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(executablePath))
    throw new ExpectedError(
      `${executablePath} not found: install Debian's chromium package, or set CHROMIUM to a Chromium binary.`,
    )
  // The sandbox fails for root and in most containers; only our own pages are loaded.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}
