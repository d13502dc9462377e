import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ExpectedError } from '../../dev/lib/expected-error.ts'

export interface PromtoolResult {
  readonly passed: boolean
  readonly output: string
}

const timeoutMs = 300_000

/**
 * Runs promtool from PATH or `PROMTOOL`.
 *
 * @throws ExpectedError if promtool is missing
 */
export async function promtool(args: readonly string[], cwd?: string): Promise<PromtoolResult> {
  const command = process.env.PROMTOOL || 'promtool'
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  const [code] = await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? new ExpectedError(`${command} not found: install it (Debian package "prometheus") or set PROMTOOL.`)
      : error
  })
  return { passed: code === 0, output: output.trim() }
}
