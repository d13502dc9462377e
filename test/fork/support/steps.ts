import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Copy } from './copy.ts'

/**
 * Generates one of each kind with `npm run new`.
 * @returns the paths of the written files
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

/** Names of the suites that `addOneOfEach` generates. */
export const namesOfEach = ['order_status', 'describe_order', 'invoice://', 'the check of payments']

/**
 * Runs the checks and these suites or test files; by default the default suites.
 * @returns the output of the tests
 */
export async function checkAndTest({ run }: Copy, ...tests: readonly string[]): Promise<string> {
  await run('npm', 'run', '--silent', 'check')
  await run('npm', 'run', '--silent', 'generate:check')
  return run('npm', 'test', '--silent', '--', ...tests)
}
