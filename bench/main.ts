/**
 * `main.ts [--quick] [--only TEXT]` compares the cost of a call with other servers, and writes results/node-MAJOR.json
 * and its plot. Needs DATABASE_URL and REDIS_URL.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { allCandidates, reference } from './candidates.ts'
import { measure } from './measure.ts'
import { startOtlpSink } from './otlp.ts'
import { plot } from './plot.ts'
import { describeRun, type Result, resultFile } from './result.ts'
import { echo } from './rpc.ts'
import { table } from './table.ts'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
})
const plan = {
  rounds: values.quick ? 3 : 6,
  requests: values.quick ? 500 : 1_000,
  rampUp: values.quick ? 200 : 1_000,
  warmUp: values.quick ? 2_000 : 4_000,
  connections: 16,
  rpc: echo,
}
const sink = await startOtlpSink()
try {
  const candidates = allCandidates({ env: process.env, otlpUrl: sink.url })
  const chosen = candidates.filter(
    ({ name }) => values.only?.some((part) => name.includes(part) || name === reference) !== false,
  )
  const measured = await measure(chosen, plan, (text) => process.stderr.write(`${text}\n`))
  const result: Result = { ...describeRun(plan), measured }
  process.stdout.write(`${table(result)}\n`)
  if (values.only === undefined) {
    mkdirSync(new URL('results/', import.meta.url), { recursive: true })
    writeFileSync(resultFile('json'), `${JSON.stringify(result, undefined, 2)}\n`)
    writeFileSync(resultFile('svg'), plot(result))
  }
} finally {
  await sink.stop()
}
