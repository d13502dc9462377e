/**
 * `compare.ts [--traces SHARE] [--era ERA] DIST` measures this checkout's build against another one (the folder
 * that a build of another commit was copied to), in turns, beside the reference: what a change is worth.
 */
import { parseArgs } from 'node:util'
import { allContestants, type Contestant, reference } from './contestants.ts'
import { measure } from './measure.ts'
import { startOtlpSink } from './otlp.ts'
import { everything, productCommand } from './product.ts'
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
  const surroundings = { env: process.env, otlpUrl: sink.url }
  const eras = [values.era as Era]
  const settings = { ...everything, traces: Number(values.traces) }
  const build = (name: string, dist?: string): Contestant => ({
    name,
    ours: true,
    eras,
    command: productCommand(settings, surroundings, { name, ...(dist !== undefined && { dist }) }),
  })
  const peers = allContestants(surroundings).filter(({ name }) => name === reference)
  const contestants = [
    ...peers.map((peer) => ({ ...peer, eras })),
    ...positionals.map((dist, i) => build(`before ${i + 1}`, dist)),
    build('after'),
  ]
  const plan = {
    rounds: Number(values.rounds),
    requests: Number(values.requests),
    runUp: 1_000,
    warmUp: 4_000,
    connections: 16,
    rpc: echo,
  }
  const measured = await measure(contestants, plan, () => undefined)
  process.stdout.write(`${table({ measured })}\n`)
} finally {
  await sink.stop()
}
