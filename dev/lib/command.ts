import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describeError } from './expected-error.ts'
import { checkout } from './paths.ts'

/** Writes to standard error: standard output belongs to the server's log. */
export const log = (text: string): void => void process.stderr.write(`${text}\n`)

/** Runs a command in the checkout. @returns standard output */
export const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: checkout, encoding: 'utf8', stdio: 'pipe', maxBuffer: 64 << 20 })

/** Runs a command-line program. A number it returns is the exit code; an error is printed and exits with 1. */
export async function runMain(main: () => unknown): Promise<void> {
  // A reader such as `head` closes the pipe early.
  process.stdout.once('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))
  try {
    const code = await main()
    if (typeof code === 'number') process.exitCode = code
  } catch (error) {
    log(describeError(error))
    process.exitCode = 1
  }
}

/** Reads `.env` of the checkout into `process.env`; variables that are already set win. */
export function loadEnv(): void {
  const file = join(checkout, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
}
