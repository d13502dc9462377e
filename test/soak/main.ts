/** `npm run test:soak -- --minutes N`: sends mixed traffic to a server and fails if memory or another resource grows. */
import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startStandaloneStack } from '../support/standalone-stack.ts'
import { afterWarmUp, isFlat, trendOf } from './flatness.ts'
import { createSampling, measureNames, measures, type Sample } from './measures.ts'
import { drawPlot, type Panel } from './plot.ts'
import { startTraffic } from './traffic.ts'

const sampleCount = 150

async function soak(
  minutes: number,
): Promise<{ samples: Sample[]; engines: string; total: string; problems: string[] }> {
  const problems: string[] = []
  let stopping = false
  const stack = await startStandaloneStack({
    env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1', LOG_LEVEL: 'info' },
    onLine: (line) => {
      // The traffic includes faults of the external API.
      if (
        !stopping &&
        /"level":"error"/.test(line) &&
        !/"error.code":"(upstream_error|unavailable)"/.test(line)
      )
        problems.push(line)
    },
  })
  try {
    const { server, api, engines } = stack
    const traffic = startTraffic({ server: server.url, mcpUrl: server.mcpUrl, api })
    const sample = createSampling(server)
    const samples: Sample[] = []
    const endMs = performance.now() + minutes * 60_000
    while (performance.now() < endMs) {
      await delay(Math.max((minutes * 60_000) / sampleCount, 1_000))
      samples.push(await sample())
      stack.takeTelemetry()
    }
    await traffic.stop()
    stopping = true
    if (server.stderr() !== '') problems.push(`standard error: ${server.stderr().slice(0, 500)}`)
    return { samples, engines, total: traffic.tally.summary(), problems }
  } finally {
    await stack.stop()
  }
}

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, plot: { type: 'string', default: 'docs/soak.svg' } },
})
const minutes = Number(values.minutes)
if (!(minutes >= 0.5 && minutes <= 24 * 60)) {
  console.error('--minutes: must be a number from 0.5 to 1440')
  process.exit(2)
}
console.log(`${minutes} minutes of mixed traffic`)
const { samples, engines, total, problems } = await soak(minutes)

const panels = measureNames.map((name): Panel & { flat: boolean } => {
  const { title, unit, floor } = measures[name]
  const points = samples.map((sample) => ({ atS: sample.atS, value: sample[name] }))
  const trend = trendOf(afterWarmUp(points))
  const sign = trend.growth < 0 ? '−' : '+'
  const note = `median ${trend.median.toFixed(1)}, trend ${sign}${Math.abs(trend.growth).toFixed(1)} after the warm-up`
  return { title, unit, points, note, flat: isFlat(trend, floor) }
})
for (const { title, unit, note, flat } of panels)
  console.log(`${flat ? 'flat ' : 'GROWS'}  ${title} ${unit}: ${note}`)
console.log(total)
for (const problem of problems.slice(0, 20)) console.log(`problem: ${problem}`)

const warmUpS = afterWarmUp(panels[0]?.points ?? [])[0]?.atS ?? 0
const title = `Soak: ${minutes} minutes of mixed traffic`
const subtitle = `${new Date().toISOString().slice(0, 10)} · ${engines} · grey: warm-up, not counted`
writeFileSync(values.plot, drawPlot({ title, subtitle, panels, warmUpS }))
console.log(`${engines}\n${values.plot}`)
process.exit(problems.length === 0 && panels.every(({ flat }) => flat) ? 0 : 1)
