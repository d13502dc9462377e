/** `npm run test:fuzz -- --seed N --count N`: sends hostile requests to a server of its own and says what it found. */
import { startStandaloneStack } from '../support/standalone-stack.ts'
import { type CampaignReport, caseAt, runCampaign } from './campaign.ts'
import { createSender } from './deliver.ts'
import { readOptions, UsageError, usage } from './options.ts'

const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)

function print({ findings, memory, series, tallies, ...totals }: CampaignReport): void {
  const { cases, requests, seconds, engines, logLines } = totals
  console.log(`\n${engines}`)
  console.log(`${cases} cases, ${requests} requests in ${seconds.toFixed(0)} s, ${logLines} lines of log`)
  for (const [kind, counts] of Object.entries(tallies)) {
    const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a)
    console.log(`  ${kind}: ${sorted.map(([value, count]) => `${value} ${count}`).join(', ')}`)
  }
  console.log(`  heap used, MiB: ${memory.map(({ heapUsed }) => mebibytes(heapUsed)).join(', ')}`)
  console.log(`  resident, MiB: ${memory.map(({ rss }) => mebibytes(rss)).join(', ')}`)
  console.log(`  series: ${series.join(', ')}`)
  console.log(`${findings.length} findings`)
  for (const { problem, count, examples } of findings) {
    console.log(`\n${problem} (${count} times)`)
    for (const example of examples) console.log(`    ${example.replaceAll('\n', '\n    ')}`)
  }
}

/** Shows one case, to look into what a run has found. */
async function show(seed: number, index: number): Promise<void> {
  const stack = await startStandaloneStack({ onLine: (line) => console.log(line) })
  try {
    const hostile = caseAt(seed, index)
    if (hostile === undefined) return
    console.log(hostile.what, '\n', Buffer.concat(hostile.pieces).toString('latin1').slice(0, 20_000), '\n')
    const sender = createSender(stack.server.port)
    const { answers, partial, end } = await sender.deliver(hostile)
    sender.close()
    console.log(end)
    for (const { status, headers, body } of [...answers, ...(partial ? [partial] : [])])
      console.log(status, headers, body.toString().slice(0, 20_000))
  } finally {
    await stack.stop()
  }
}

try {
  const { seed, count, only } = readOptions(process.argv.slice(2))
  console.log(`Seed ${seed}`)
  if (only !== undefined) {
    await show(seed, only)
    process.exit(0)
  }
  const onProgress = (done: number) => {
    if (done % 10_000 === 0) console.log(`  ${done}`)
  }
  const report = await runCampaign({ seed, count, onProgress })
  print(report)
  process.exit(report.findings.length === 0 ? 0 : 1)
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : error)
  process.exit(2)
}
