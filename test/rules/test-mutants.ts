import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { readRuleFile, ruleFileNames, testsDir, testsOf } from '../../dev/lib/rule-files.ts'
import { type Mutant, mutants } from './mutations.ts'
import { promtool } from './promtool.ts'

interface Result {
  readonly mutant: Mutant
  readonly noticed: boolean
  readonly by: string
}

/**
 * Makes each mistake of mutations.ts in a copy of the rules, and expects `promtool test rules` to notice.
 * A mistake that promtool would refuse as such proves nothing, and fails.
 *
 * @returns whether each mistake was noticed
 */
export async function testMutants(files: readonly string[]): Promise<boolean[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'rule-mutants-'))
  const removeScratch = () => rmSync(scratch, { recursive: true, force: true })
  // It takes minutes, so it will be interrupted.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      removeScratch()
      process.exit(130)
    })
  try {
    await assertTestsPassUnchanged(scratch)
    return await inParallel(
      files.flatMap((file) => mutants(file, readRuleFile(file))),
      async (mutant, index) => report(await test(mutant, join(scratch, String(index)))),
    )
  } finally {
    removeScratch()
  }
}

/** Without this, broken tests would seem to notice everything. */
async function assertTestsPassUnchanged(scratch: string): Promise<void> {
  const unchanged = await inParallel(ruleFileNames(), async (file) => ({
    file,
    noticed: await noticedBy(join(scratch, `unchanged-${file}`), {
      file,
      content: readRuleFile(file),
      group: '',
    }),
  }))
  const failing = unchanged.filter(({ noticed }) => noticed !== undefined)
  if (failing.length > 0)
    throw new Error(`The tests fail already: ${failing.map(({ noticed }) => noticed).join(', ')}`)
}

async function test(mutant: Mutant, folder: string): Promise<Result> {
  const by = await noticedBy(folder, mutant).catch((error: unknown) => error as Error)
  rmSync(folder, { recursive: true, force: true })
  return by instanceof Error
    ? { mutant, noticed: false, by: by.message }
    : { mutant, noticed: by !== undefined, by: by ?? 'no test noticed' }
}

/** @returns whether it was noticed */
function report({ mutant, noticed, by }: Result): boolean {
  const columns = [mutant.file.padEnd(21), mutant.rule.padEnd(42), mutant.mistake.padEnd(62), by]
  console.log([noticed ? 'ok  ' : 'FAIL', ...columns].join(' '))
  return noticed
}

/** The first test file that fails with these rules. */
async function noticedBy(
  folder: string,
  { file, content, group }: Pick<Mutant, 'file' | 'content' | 'group'>,
): Promise<string | undefined> {
  mkdirSync(join(folder, 'rules'), { recursive: true })
  symlinkSync(testsDir, join(folder, 'tests'))
  writeFileSync(join(folder, 'rules', file), stringify(content, { aliasDuplicateObjects: false }))
  const valid = await promtool(['check', 'rules', '--lint=none', join('rules', file)], folder)
  if (!valid.passed) throw new Error(`is no valid rule: ${valid.output}`)
  // The tests of pages know nothing of tickets, and take as long: those that bear the group's name go first.
  const isLikely = (name: string): boolean => group.endsWith(name.replace(/^.*-|\.yml$/g, ''))
  for (const name of testsOf(file).sort((a, b) => Number(isLikely(b)) - Number(isLikely(a))))
    if (!(await promtool(['test', 'rules', join('tests', name)], folder)).passed) return name
  return undefined
}

async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length)
  let next = 0
  async function worker(): Promise<void> {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as T, index)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return results
}
