/**
 * `factors.ts [NAME…] [--processes N] [--quick]` measures what moves the ratio of the full server to the reference, and
 * adds a table for each factor to results/node-MAJOR.json: `v8`, `semi-space`, `warm-up`, `pinning`, `turns`,
 * `neighbours`, `redis`, `rate-limit`, `context`, `parts`, `instructions` (needs valgrind). Needs DATABASE_URL.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stateDir } from '../dev/lib/paths.ts'
import { allCandidates, type Candidate, fullServer, reference } from './candidates.ts'
import { callgrind } from './instructions.ts'
import { type Lane, lanesOf, type Measured, measure, type Sample, type Slice, slice } from './measure.ts'
import type { ProductContext } from './product.ts'
import { addFactor } from './result.ts'
import { startSetup } from './setup.ts'
import { deviation, mean, median } from './statistics.ts'
import { cpuRatio, formatInterval, markdown } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    processes: { type: 'string', default: '12' },
    /** Proves that the benchmark works. */
    quick: { type: 'boolean', default: false },
  },
})
const processes = Number(values.processes)
const plan = values.quick
  ? { processes, warmUp: 1_000, requests: 1_000, idleSeconds: 2 }
  : { processes, warmUp: 16_000, requests: 8_000, idleSeconds: 8 }
const setup = await startSetup({ substitute: true })
const [substitute, { context }] = [setup.substituteContext, setup]

const log = (text: string) => process.stderr.write(`${text}\n`)

type Options = Partial<Omit<Candidate, 'name'>>
interface Pair {
  readonly condition: string
  readonly base: Measured
  readonly full: Measured
}

/** Reference and full server of one condition. */
function pairOf(
  condition: string,
  options: Options = {},
  from: ProductContext = context,
  name = fullServer,
): Lane[] {
  const both = lanesOf(allCandidates(from)).filter(({ era }) => era === 'modern')
  return [reference, name].flatMap((wanted) =>
    both.filter((lane) => lane.name === wanted).map((lane) => ({ ...lane, ...options, name: condition })),
  )
}

/** All conditions in one run. */
async function measurePairs(pairs: readonly Lane[][], custom = plan): Promise<Pair[]> {
  const measured = await measure(pairs.flat(), custom, setup, log)
  return pairs.map((_, i) => pair(measured.slice(2 * i, 2 * i + 2)))
}

function pair([base, full]: readonly Measured[]): Pair {
  if (!base || !full) throw new Error('a pair needs two lanes')
  return { condition: base.name, base, full }
}

const of = (column: 'cpuMicros' | 'preemptions' | 'clientMicros', { samples }: Measured) =>
  median(samples.map((sample) => sample[column])).toFixed(0)

const conditionRows = (pairs: readonly Pair[]): string[][] => [
  [
    'condition',
    'reference, CPU µs',
    'everything on, CPU µs',
    'ratio [95 %]',
    'client, CPU µs',
    'preemptions',
  ],
  ...pairs.map(({ condition, base, full }) => [
    condition,
    of('cpuMicros', base),
    of('cpuMicros', full),
    formatInterval(cpuRatio(full, base)),
    `${of('clientMicros', base)}, ${of('clientMicros', full)}`,
    `${of('preemptions', base)}, ${of('preemptions', full)}`,
  ]),
]
const compare = async (...pairs: Lane[][]) => conditionRows(await measurePairs(pairs))

const settled = ({ slices }: Sample): number[] =>
  slices.slice(plan.warmUp / slice).map(({ cpuMicros }) => cpuMicros)

/** Deviation of the processes of a lane against that of the slices of one process, in percent of the mean. */
function spreadRow(name: string, { samples }: Measured): string[] {
  const costs = samples.map(({ cpuMicros }) => cpuMicros)
  const percent = (value: number) => `${((value / mean(costs)) * 100).toFixed(1)} %`
  const allocated = samples.map(({ allocatedKiB }) => allocatedKiB)
  return [
    name,
    percent(deviation(costs)),
    percent(mean(samples.map((sample) => deviation(settled(sample))))),
    costs.map((cost) => cost.toFixed(0)).join(' '),
    `${((deviation(allocated) / mean(allocated)) * 100).toFixed(1)} %`,
  ]
}

/** Ranges of requests that double, with the work of V8 in a process that logs it. */
function warmUpRows({ base, full }: Pair, traced: Pair): string[][] {
  const rows: string[][] = []
  const total = base.samples[0]?.slices.length ?? 0
  for (let [from, to] = [0, 1]; from < total; [from, to] = [to, Math.min(total, to * 2)]) {
    const average = ({ samples }: Measured, column: 'cpuMicros' | 'requestsPerSecond') =>
      mean(samples.flatMap(({ slices }) => slices.slice(from, to).map((each) => each[column])))
    const work = ({ samples }: Measured) => {
      const increase = (column: 'optimised' | 'deoptimised') =>
        mean(samples.map(({ slices }) => at(slices, to)[column] - (from > 0 ? at(slices, from)[column] : 0)))
      return `${increase('optimised').toFixed(0)}, ${increase('deoptimised').toFixed(0)}`
    }
    rows.push([
      `${from * slice}–${to * slice}`,
      ...[base, full].map((lane) => average(lane, 'requestsPerSecond').toFixed(0)),
      ...[base, full].map((lane) => average(lane, 'cpuMicros').toFixed(0)),
      (average(full, 'cpuMicros') / average(base, 'cpuMicros')).toFixed(2),
      ...[traced.base, traced.full].map(work),
    ])
  }
  const both = (measure: string) => [`reference, ${measure}`, `everything on, ${measure}`]
  const head = [...both('calls/s'), ...both('CPU µs'), 'ratio', ...both('optimised, deoptimised')]
  return [['calls', ...head], ...rows]
}

function at(slices: readonly Slice[], count: number): Slice {
  const found = slices[count - 1]
  if (!found) throw new Error(`there is no slice ${count}`)
  return found
}

/** Options before the script, as Node takes the last value of an option. */
const withNodeArgs = (lanes: readonly Lane[], ...options: string[]): Lane[] =>
  lanes.map((lane) => ({
    ...lane,
    command: { ...lane.command, args: lane.command.args.toSpliced(-1, 0, ...options) },
  }))

/** A pair that logs what V8 optimises. */
const tracedPair = (): Lane[] =>
  withNodeArgs(pairOf('traced'), '--trace-opt', '--trace-deopt').map((lane, i) => ({
    ...lane,
    traced: true,
    command: { ...lane.command, logFile: join(stateDir, 'bench', `v8-${i}.log`) },
  }))

const factors: Readonly<Record<string, () => Promise<string[][]>>> = {
  async v8() {
    const [plain] = await measurePairs([pairOf('plain')])
    if (!plain) return []
    return [
      ['server', 'between processes', 'between slices of a process', 'CPU µs of each process', 'allocations'],
      spreadRow('reference', plain.base),
      spreadRow('everything on', plain.full),
    ]
  },
  async 'warm-up'() {
    const [plain, traced] = await measurePairs(
      [pairOf('plain'), tracedPair()],
      values.quick ? plan : { ...plan, requests: 16_000 },
    )
    return plain && traced ? warmUpRows(plain, traced) : []
  },
  'semi-space': () =>
    compare(
      ...[1, 4, 16, 32].map((size) => withNodeArgs(pairOf(`${size} MiB`), `--max-semi-space-size=${size}`)),
    ),
  pinning: () => compare(pairOf('pinned'), pairOf('not pinned', { pinned: false })),
  turns: () => compare(...[100, 400, 1_600].map((turn) => pairOf(`turns of ${turn}`, { turn }))),
  neighbours: () => compare(pairOf('alone'), pairOf('beside a neighbour', { neighbour: true })),
  redis: () => compare(pairOf('real Redis'), pairOf('substitute in JavaScript', {}, substitute)),
  'rate-limit': () =>
    compare(
      ...[1, 16].flatMap((connections) => [
        pairOf(`with, ${connections} connections`, { connections }),
        pairOf(`without, ${connections} connections`, { connections }, context, 'without rate limit'),
      ]),
    ),
  async context() {
    const [plain] = pairOf('without')
    if (!plain) return []
    const { command } = plain
    const args = ['--import', new URL('peers/in-context.mjs', import.meta.url).href, ...command.args]
    const lanes = [plain, { ...plain, name: 'with', command: { ...command, args } }]
    const [pair] = await measurePairs([lanes])
    if (!pair) return []
    const head = ['server', 'without, CPU µs', 'with, CPU µs', 'ratio [95 %]']
    const { base, full } = pair
    return [
      head,
      ['reference', of('cpuMicros', base), of('cpuMicros', full), formatInterval(cpuRatio(full, base))],
    ]
  },
  async parts() {
    const wanted = lanesOf(allCandidates(context)).filter(
      ({ name, era, isPart }) => era === 'modern' && (isPart || name === reference || name === fullServer),
    )
    const measured = await measure(wanted, plan, setup, log)
    const full = measured.find(({ name }) => name === fullServer)
    if (!full) return []
    const rows = measured.map((row) => [
      row.name,
      of('cpuMicros', row),
      row === full ? '–' : formatInterval(cpuRatio(row, full)),
      median(row.samples.map(({ allocatedKiB }) => allocatedKiB)).toFixed(0),
    ])
    return [['server', 'CPU µs', 'of everything on [95 %]', 'KiB a call'], ...rows]
  },
  async instructions() {
    const [warmUp, calls] = values.quick ? [100, 20] : [3_000, 300]
    const rows: string[][] = []
    for (const [i, { command }] of pairOf('valgrind').entries()) {
      const counts = await callgrind(command, warmUp, calls)
      rows.push([i === 0 ? 'reference' : 'everything on', ...counts.map((count) => (count / 1e6).toFixed(2))])
    }
    const parts = [0, 1, 2].map((part) => `after ${warmUp + part * calls} calls`)
    return [['server, million instructions a call', ...parts], ...rows]
  },
}

try {
  mkdirSync(join(stateDir, 'bench'), { recursive: true })
  for (const name of positionals.length > 0 ? positionals : Object.keys(factors)) {
    const rows = await factors[name]?.()
    if (rows === undefined)
      throw new Error(`Unknown factor "${name}". Known: ${Object.keys(factors).join(', ')}`)
    const description = `${new Date().toISOString().slice(0, 10)}; ${setup.describe()}; ${processes} processes a row`
    process.stdout.write(`${name}: ${description}\n\n${markdown(rows)}\n\n`)
    if (!values.quick) addFactor(name, { description, rows })
  }
} finally {
  await setup.stop()
}
