import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { ExpectedError } from './expected-error.ts'

/**
 * A browser for our own pages. `CHROMIUM` names another one than Debian's.
 *
 * @throws ExpectedError if it is not installed
 */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(executablePath))
    throw new ExpectedError(
      `There is no ${executablePath}: install Debian's chromium, or set CHROMIUM to a browser like it.`,
    )
  // Its sandbox does not work for root, nor in most containers; it shows our own pages only.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}
