/**
 * `guard.ts` fails if a call costs too much relative to the bare SDK on Express in the same run, which makes the
 * result independent of the machine. It compares allocated bytes and, where the machine counts them, instructions, which
 * are stable, and CPU time, whose interval must exceed a wide limit. Needs DATABASE_URL.
 */
import { allCandidates, fullServer, reference } from './candidates.ts'
import { lanesOf, measure, type Sample } from './measure.ts'
import { startSetup } from './setup.ts'
import { ratioInterval, verdict } from './statistics.ts'
import { formatInterval, table } from './table.ts'

/** Maximum cost of the full server in multiples of the reference. */
const limits = { allocatedKiB: 1.25, instructions: 2, cpuMicros: 2 }

const plan = { processes: 4, warmUp: 2_400, requests: 1_000, idleSeconds: 0 }
const setup = await startSetup()
try {
  const lanes = lanesOf(allCandidates(setup.context)).filter(
    ({ name, era }) => era === 'modern' && (name === reference || name === fullServer),
  )
  const measured = await measure(lanes, plan, setup)
  process.stdout.write(`${setup.describe()}\n\n${table({ measured }, '')}\n\n`)
  const samplesOf = (wanted: string): readonly Sample[] =>
    measured.find(({ name }) => name === wanted)?.samples ?? []
  const bases = samplesOf(reference)
  const fellBack = samplesOf(fullServer).filter((sample) => sample.fellBack).length
  if (fellBack > 0) process.stdout.write(`left out: ${fellBack} processes whose rate limit fell back\n`)
  if (fellBack === plan.processes) throw new Error('nothing left to compare: Redis was too slow')
  for (const measure of ['allocatedKiB', 'instructions', 'cpuMicros'] as const) {
    const pairs = samplesOf(fullServer).flatMap((sample, i): [number, number][] =>
      sample.fellBack ? [] : [[sample[measure] ?? Number.NaN, bases[i]?.[measure] ?? Number.NaN]],
    )
    const interval = ratioInterval(pairs)
    if (measure === 'instructions' && Number.isNaN(interval.ratio)) {
      process.stdout.write('no instructions: this machine does not count them\n')
      continue
    }
    // Allocations and instructions do not depend on other load: the estimate decides.
    const failed =
      measure === 'cpuMicros'
        ? verdict(interval, limits[measure]) === 'worse'
        : interval.ratio > limits[measure]
    process.stdout.write(
      `${failed ? 'TOO EXPENSIVE' : 'ok'}: ${measure} ${formatInterval(interval)} x the reference, at most ${limits[measure]}\n`,
    )
    if (failed) process.exitCode = 1
  }
} finally {
  await setup.stop()
}
