import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { kebabCase } from '../../dev/lib/kebab-case.ts'
import { readRuleFile } from '../../dev/lib/rule-files.ts'
import { testsDir, testsOf } from '../support/rule-tests.ts'
import { inParallel } from './in-parallel.ts'
import { createMutants, type Mutant } from './mutants.ts'
import { promtool } from './promtool.ts'

interface Result {
  readonly mutant: Mutant
  readonly killed: boolean
  readonly by: string
}

/**
 * Runs the rule tests against each mutant in a copy of the rules. A mutant that promtool rejects as invalid
 * proves nothing and fails.
 *
 * @returns whether each mutant was killed
 */
export async function testMutants(files: readonly string[]): Promise<boolean[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'rule-mutants-'))
  const removeScratch = () => rmSync(scratch, { recursive: true, force: true })
  // A run takes minutes and is often interrupted.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      removeScratch()
      process.exit(130)
    })
  try {
    await assertTestsPassUnchanged(files, scratch)
    return await inParallel(
      files.flatMap((file) => createMutants(file, readRuleFile(file))),
      async (mutant, index) => report(await test(mutant, join(scratch, String(index)))),
    )
  } finally {
    removeScratch()
  }
}

/** Tests that fail without a mutation would kill every mutant. */
async function assertTestsPassUnchanged(files: readonly string[], scratch: string): Promise<void> {
  const unchanged = await inParallel(files, async (file) => ({
    file,
    killedBy: await findKillingTest(join(scratch, `unchanged-${file}`), {
      file,
      content: readRuleFile(file),
      rule: '',
      group: '',
    }),
  }))
  const failing = unchanged.filter(({ killedBy }) => killedBy !== undefined)
  if (failing.length > 0)
    throw new Error(
      `The tests fail without a mutation: ${failing.map(({ killedBy }) => killedBy).join(', ')}`,
    )
}

async function test(mutant: Mutant, folder: string): Promise<Result> {
  const by = await findKillingTest(folder, mutant).catch((error: unknown) => error as Error)
  rmSync(folder, { recursive: true, force: true })
  return by instanceof Error
    ? { mutant, killed: false, by: by.message }
    : { mutant, killed: by !== undefined, by: by ?? 'survived' }
}

/** @returns whether the mutant was killed */
function report({ mutant, killed, by }: Result): boolean {
  const columns = [mutant.file.padEnd(21), mutant.rule.padEnd(42), mutant.description.padEnd(62), by]
  console.log([killed ? 'ok  ' : 'FAIL', ...columns].join(' '))
  return killed
}

/** @returns the first test file that fails with these rules */
async function findKillingTest(
  folder: string,
  { file, content, rule, group }: Omit<Mutant, 'description'>,
): Promise<string | undefined> {
  mkdirSync(join(folder, 'rules'), { recursive: true })
  symlinkSync(testsDir, join(folder, 'tests'))
  writeFileSync(join(folder, 'rules', file), stringify(content, { aliasDuplicateObjects: false }))
  const valid = await promtool(['check', 'rules', '--lint=none', join('rules', file)], folder)
  if (!valid.passed) throw new Error(`invalid rule: ${valid.output}`)
  // The alert's own test file runs first, then those named after the group: they are the most likely to kill the mutant.
  const [alert = ''] = rule.split(' ')
  const likelihood = (name: string): number => {
    if (name === `${kebabCase(alert)}.yml`) return 2
    return group.endsWith(name.replace(/^.*-|\.yml$/g, '')) ? 1 : 0
  }
  for (const name of testsOf(file).sort((a, b) => likelihood(b) - likelihood(a)))
    if (!(await promtool(['test', 'rules', join('tests', name)], folder)).passed) return name
  return undefined
}
