/**
 * `guard.ts` fails when a call has become clearly dearer, beside the bare SDK on Express in the same run, so that
 * the machine does not matter. Two measures: bytes allocated per call, which come out nearly the same every time,
 * and CPU time, with a wide margin. Needs DATABASE_URL and REDIS_URL.
 */
import { allContestants, everythingOn, reference } from './contestants.ts'
import { type Measured, measure } from './measure.ts'
import { startOtlpSink } from './otlp.ts'
import { echo } from './rpc.ts'
import { table } from './table.ts'

/** What everything switched on may cost, in multiples of the reference. docs/performance.md has what it does cost. */
const limits = { allocations: 1.45, cpu: 2 }

const plan = { rounds: 7, runUp: 0, requests: 500, warmUp: 2_000, connections: 16, rpc: echo }
const sink = await startOtlpSink()
try {
  const contestants = allContestants({ env: process.env, otlpUrl: sink.url })
    .filter(({ name }) => name === reference || name === everythingOn)
    .map((contestant) => ({ ...contestant, eras: ['modern'] as const }))
  const measured = await measure(contestants, plan, () => undefined)
  const ratioOf = (costs: (row: Measured) => number) => {
    const [peer, ours] = [reference, everythingOn].map((wanted) => {
      const row = measured.find(({ name }) => name === wanted)
      return row === undefined ? Number.NaN : costs(row)
    })
    return (ours ?? Number.NaN) / (peer ?? Number.NaN)
  }
  const ratios = {
    allocations: ratioOf(({ allocatedKiB }) => allocatedKiB),
    cpu: ratioOf(({ cpuMicros }) => cpuMicros.median),
  }
  process.stdout.write(`${table({ measured })}\n\n`)
  for (const name of ['allocations', 'cpu'] as const) {
    const kept = ratios[name] <= limits[name]
    process.stdout.write(
      `${kept ? 'ok' : 'TOO DEAR'}: ${name} ${ratios[name].toFixed(2)} x the reference, at most ${limits[name]}\n`,
    )
    if (!kept) process.exitCode = 1
  }
} finally {
  await sink.stop()
}
