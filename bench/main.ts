/**
 * `main.ts [--only TEXT]… [--processes N] [--build NAME=FOLDER]… [--base NAME] [--limit RATIO] [--quick]`
 * compares the cost of a call with other servers. A run of all rows without builds is added to
 * results/node-MAJOR.json. `--build` adds the build of another commit;
 * `--base` names the server that ratios refer to. Needs DATABASE_URL.
 */
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { checkout } from '../dev/lib/paths.ts'
import { allCandidates, type Candidate, reference } from './candidates.ts'
import { lanesOf, measure } from './measure.ts'
import { fullSettings, productCommand } from './product.ts'
import { addRun } from './result.ts'
import { startSetup } from './setup.ts'
import { revisions, table, titleOf } from './table.ts'

const { values } = parseArgs({
  options: {
    /** A part of the name and revision, as in "everything on, 2026". */
    only: { type: 'string', multiple: true },
    processes: { type: 'string', default: '12' },
    build: { type: 'string', multiple: true, default: [] },
    base: { type: 'string', default: reference },
    limit: { type: 'string', default: '1' },
    /** Proves that the benchmark works. */
    quick: { type: 'boolean', default: false },
  },
})
const plan = values.quick
  ? { processes: 2, warmUp: 1_000, requests: 1_000, idleSeconds: 2 }
  : { processes: Number(values.processes), warmUp: 16_000, requests: 8_000, idleSeconds: 8 }
const date = new Date().toISOString().slice(0, 10)
const build = measuredBuild()
const setup = await startSetup()
try {
  const { context } = setup
  const builds = values.build.map((build): Candidate => {
    const [name = '', dist = ''] = build.split('=')
    return {
      name,
      ours: true,
      eras: ['modern', 'legacy'],
      command: productCommand(fullSettings, context, { name, dist }),
    }
  })
  const all = lanesOf([...allCandidates(context), ...builds])
  const chosen = all.filter(
    ({ name, era, isPart = false }) =>
      values.only?.some((text) => `${name}, ${revisions[era]}`.includes(text)) ?? !isPart,
  )
  const eras = new Set(chosen.map(({ era }) => era))
  const lanes = all.filter(
    (lane) => chosen.includes(lane) || (lane.name === values.base && eras.has(lane.era)),
  )
  const measured = await measure(lanes, plan, setup, (text) => process.stderr.write(`${text}\n`))
  const run = {
    date,
    build,
    description: `${setup.describe()}; ${plan.processes} processes a row, in each ${plan.requests} calls after ${plan.warmUp}`,
    measured,
  }
  const [major = ''] = process.versions.node.split('.')
  const comparison = { base: values.base, limit: Number(values.limit) }
  process.stdout.write(`${titleOf(run)}\n\n${table(run, major, comparison)}\n`)
  if (!values.quick && values.only === undefined && builds.length === 0) addRun(run)
} finally {
  await setup.stop()
}

/** @throws Error outside a Git repository */
function measuredBuild(): string {
  const paths = ['--', 'src', 'package-lock.json']
  const git = (...args: string[]) => execFileSync('git', args, { cwd: checkout, encoding: 'utf8' }).trim()
  const isChanged = git('status', '--porcelain', ...paths) !== ''
  return `${git('log', '-1', '--format=%h', ...paths)}${isChanged ? ' with changes' : ''}`
}
