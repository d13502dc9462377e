/** Prints by how much calls that have ended fill the old generation, as a share of their payload. Needs `--expose-gc`. */
import { getHeapSpaceStatistics } from 'node:v8'
import { cases } from './cases.ts'

const calls = 2_000
const inFlight = 16
const payloadBytes = 32_768

const collect = globalThis.gc as (options?: { type: 'minor' }) => void
const oldBytes = () =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? Number.NaN

const begin = cases[process.argv[2] ?? '']?.()
if (begin === undefined) throw new Error(`unknown case ${process.argv[2]}`)
const ends: (() => unknown)[] = []
async function run(from: number, to: number): Promise<void> {
  for (let call = from; call < to; call++) {
    ends.push(begin?.(Array.from({ length: payloadBytes / 8 }, () => call)) as () => unknown)
    if (ends.length > inFlight) await ends.shift()?.()
    if (call % 100 === 0) collect({ type: 'minor' })
  }
}
await run(0, calls / 4)
// What exists now belongs to the old generation.
collect()
const before = oldBytes()
await run(calls / 4, calls)
process.stdout.write(String((oldBytes() - before) / (0.75 * calls * payloadBytes)))
// Work that the last calls wait for would keep the process.
process.exit()
