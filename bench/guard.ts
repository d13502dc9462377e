/**
 * `guard.ts` fails if a call costs too much relative to the bare SDK on Express in the same run, which makes the
 * result independent of the machine. It compares allocated bytes, which are stable, and CPU time, with a wide margin.
 * Needs DATABASE_URL and REDIS_URL.
 */
import { allCandidates, fullServer, reference } from './candidates.ts'
import { type Measured, measure } from './measure.ts'
import { startOtlpSink } from './otlp.ts'
import { echo } from './rpc.ts'
import { table } from './table.ts'

/** Maximum cost of the full server in multiples of the reference; docs/performance.md has the actual cost. */
const limits = { allocations: 1.45, cpu: 2 }

const plan = { rounds: 7, rampUp: 0, requests: 500, warmUp: 2_000, connections: 16, rpc: echo }
const sink = await startOtlpSink()
try {
  const candidates = allCandidates({ env: process.env, otlpUrl: sink.url })
    .filter(({ name }) => name === reference || name === fullServer)
    .map((candidate) => ({ ...candidate, eras: ['modern'] as const }))
  const measured = await measure(candidates, plan, () => undefined)
  const ratioOf = (costs: (row: Measured) => number) => {
    const [peer, ours] = [reference, fullServer].map((wanted) => {
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
      `${kept ? 'ok' : 'TOO EXPENSIVE'}: ${name} ${ratios[name].toFixed(2)} x the reference, at most ${limits[name]}\n`,
    )
    if (!kept) process.exitCode = 1
  }
} finally {
  await sink.stop()
}
