import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { ExpectedError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'

/** A command that takes longer is a failure of the container engine. */
const timeoutMs = 120_000

/**
 * Runs `docker ARGS…` in the checkout, with the user's compose file and COMPOSE_* variables.
 *
 * @returns standard output
 * @throws ExpectedError with the output of docker
 */
export async function docker(...args: string[]): Promise<string> {
  const child = spawn('docker', args, {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
    // In its own process group, so that Ctrl-C does not interrupt the repair.
    detached: true,
    timeout: timeoutMs,
  })
  const results = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    throw new ExpectedError(
      error.code === 'ENOENT' ? 'docker not found on PATH.' : `docker: ${error.message}`,
    )
  })
  const [output, problem] = await results
  if (code === 0) return output
  throw new ExpectedError(`docker ${args.join(' ')}\n${problem.trim() || `exited with ${code}`}`)
}

export const compose = (...args: string[]): Promise<string> => docker('compose', ...args)

/** Container ids of a service, including stopped containers. */
export const containersOf = async (service: string): Promise<string[]> =>
  lines(await compose('ps', '--all', '--quiet', service))

export const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')
