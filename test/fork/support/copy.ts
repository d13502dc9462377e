import { execFile } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkout } from '../../../dev/lib/paths.ts'
import { afterFile } from '../../support/cleanup.ts'

const exec = promisify(execFile)

/** A copy of this checkout without its git history. */
export interface Copy {
  readonly root: string
  /** @throws Error with the end of the output if the exit code is not 0 */
  run(command: string, ...args: string[]): Promise<string>
}

export async function copyCheckout(): Promise<Copy> {
  const root = mkdtempSync(join(tmpdir(), 'fork-'))
  afterFile(() => rmSync(root, { recursive: true, force: true }))
  const { stdout } = await exec('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: checkout,
  })
  // Postgres does not run as root, so another user must be able to read the copy.
  chmodSync(root, 0o755)
  for (const file of stdout.split('\0').filter((name) => name && existsSync(join(checkout, name))))
    cpSync(join(checkout, file), join(root, file), {
      recursive: true,
    })
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'))
  // The databases of this test run must not reach the test run in the copy.
  const { TEST_POSTGRES_URL, TEST_POSTGRES_ADMIN_URL, NODE_TEST_CONTEXT, ...env } = process.env
  return {
    root,
    async run(command, ...args) {
      const { stdout: out } = await exec(command, args, { cwd: root, env, maxBuffer: 256 << 20 }).catch(
        ({ stdout = '', stderr = '', message }: { stdout?: string; stderr?: string; message: string }) => {
          throw new Error(`${message}\n${stdout.slice(-6_000)}\n${stderr.slice(-3_000)}`)
        },
      )
      return out
    },
  }
}
