import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ExpectedError } from '../../dev/lib/expected-error.ts'

export interface Verdict {
  readonly passed: boolean
  readonly output: string
}

const timeoutMs = 300_000

/**
 * Runs promtool: the one on PATH, or `PROMTOOL`.
 *
 * @throws ExpectedError when there is none
 */
export async function promtool(args: readonly string[], cwd?: string): Promise<Verdict> {
  const command = process.env.PROMTOOL || 'promtool'
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  const [code] = await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? new ExpectedError(`There is no ${command} here. Debian has it in the package prometheus.`)
      : error
  })
  return { passed: code === 0, output: output.trim() }
}
