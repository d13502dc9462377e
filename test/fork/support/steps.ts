import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Copy } from './copy.ts'

/** Writes one of each kind with `npm run new`.
 * @returns paths of what is written
 */
export async function addOneOfEach({ root, run }: Copy): Promise<string[]> {
  const all: string[] = []
  for (const [kind = '', name = ''] of [
    ['tool', 'order_status'],
    ['prompt', 'describe_order'],
    ['resource', 'invoice'],
    ['check', 'payments'],
  ]) {
    const output = await run('npm', 'run', '--silent', 'new', '--', kind, name)
    const written = [...output.matchAll(/^wrote (\S+)$/gm)].map(([, file = '']) => file)
    assert.ok(written.length >= 2, output)
    for (const file of written) assert.ok(existsSync(join(root, file)), file)
    all.push(...written)
  }
  return all
}

/** What `addOneOfEach` has written is tested by these. */
export const namesOfEach = ['order_status', 'describe_order', 'invoice://', 'the check of payments']

/** Checks, and runs these suites and test files; by default all tests that a clone runs.
 * @returns what they print
 */
export async function checkAndTest({ run }: Copy, ...tests: readonly string[]): Promise<string> {
  await run('npm', 'run', '--silent', 'check')
  await run('npm', 'run', '--silent', 'generate:check')
  return run('npm', 'test', '--silent', '--', ...tests)
}
