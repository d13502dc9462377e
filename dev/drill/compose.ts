import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ExpectedError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'

/** Commands are given this long: what hangs is the engine, and then nothing here can help. */
const timeoutMs = 120_000

/**
 * Runs `docker ARGS…` in the checkout, so that the compose file and COMPOSE_* variables are the user's own.
 *
 * @returns standard output
 * @throws ExpectedError with what docker said
 */
export async function docker(...args: string[]): Promise<string> {
  const child = spawn('docker', args, {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in the terminal is for us, and must not end what restores the stack.
    detached: true,
    timeout: timeoutMs,
  })
  let output = ''
  let problem = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    problem += chunk
  })
  const [code] = await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    throw new ExpectedError(
      error.code === 'ENOENT' ? 'There is no docker command here.' : `docker: ${error.message}`,
    )
  })
  if (code === 0) return output
  throw new ExpectedError(`docker ${args.join(' ')}\n${problem.trim() || `ended with ${code}`}`)
}

export const compose = (...args: string[]): Promise<string> => docker('compose', ...args)

/** Container ids of a service, of those that are stopped too. */
export async function containersOf(service: string): Promise<string[]> {
  return lines(await compose('ps', '--all', '--quiet', service))
}

export const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')
