/**
 * `compare.ts [--traces SHARE] [--era ERA] DIST` compares the cost of a call between this checkout's build, the build
 * of another commit in the folder DIST, and the reference.
 */
import { parseArgs } from 'node:util'
import { allCandidates, type Candidate, reference } from './candidates.ts'
import { measure } from './measure.ts'
import { startOtlpSink } from './otlp.ts'
import { fullSettings, productCommand } from './product.ts'
import { type Era, echo } from './rpc.ts'
import { table } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    traces: { type: 'string', default: '0.1' },
    era: { type: 'string', default: 'modern' },
    rounds: { type: 'string', default: '12' },
    requests: { type: 'string', default: '1000' },
  },
})
const sink = await startOtlpSink()
try {
  const context = { env: process.env, otlpUrl: sink.url }
  const eras = [values.era as Era]
  const settings = { ...fullSettings, traces: Number(values.traces) }
  const build = (name: string, dist?: string): Candidate => ({
    name,
    ours: true,
    eras,
    command: productCommand(settings, context, { name, ...(dist !== undefined && { dist }) }),
  })
  const peers = allCandidates(context).filter(({ name }) => name === reference)
  const candidates = [
    ...peers.map((peer) => ({ ...peer, eras })),
    ...positionals.map((dist, i) => build(`before ${i + 1}`, dist)),
    build('after'),
  ]
  const plan = {
    rounds: Number(values.rounds),
    requests: Number(values.requests),
    rampUp: 1_000,
    warmUp: 4_000,
    connections: 16,
    rpc: echo,
  }
  const measured = await measure(candidates, plan, () => undefined)
  process.stdout.write(`${table({ measured })}\n`)
} finally {
  await sink.stop()
}
