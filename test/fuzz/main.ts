/** `npm run test:fuzz -- --seed N --count N`: starts a server, sends it hostile requests and reports violated rules. */
import { startStandaloneStack } from '../support/standalone-stack.ts'
import { type CampaignReport, caseAt, runCampaign } from './campaign.ts'
import { readOptions, UsageError, usage } from './options.ts'
import { createSender } from './sender.ts'

const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)

function print({ findings, memory, series, tallies, ...totals }: CampaignReport): void {
  const { cases, requests, seconds, engines, logLines } = totals
  console.log(`\n${engines}`)
  console.log(`${cases} cases, ${requests} requests in ${seconds.toFixed(0)} s, ${logLines} log lines`)
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

/** Sends one case and prints its responses, to reproduce a finding. */
async function reproduce(seed: number, index: number): Promise<void> {
  const stack = await startStandaloneStack({ onLine: (line) => console.log(line) })
  try {
    const hostile = caseAt(seed, index)
    if (hostile === undefined) return
    console.log(
      hostile.description,
      '\n',
      Buffer.concat(hostile.chunks).toString('latin1').slice(0, 20_000),
      '\n',
    )
    const sender = createSender(stack.server.port)
    const { responses, partial, end } = await sender.send(hostile)
    sender.close()
    console.log(end)
    for (const { status, headers, body } of [...responses, ...(partial ? [partial] : [])])
      console.log(status, headers, body.toString().slice(0, 20_000))
  } finally {
    await stack.stop()
  }
}

try {
  const { seed, count, only } = readOptions(process.argv.slice(2))
  console.log(`Seed ${seed}`)
  if (only !== undefined) {
    await reproduce(seed, only)
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
