/** Helper process of lifeline.ts: reads the guarded processes, one JSON array a line, until the pipe closes. */
import { createInterface } from 'node:readline'
import { endProcesses, type GuardedProcess } from './process-identity.ts'

const graceMs = 3_000
let guarded: GuardedProcess[] = []

for await (const line of createInterface({ input: process.stdin })) {
  try {
    guarded = JSON.parse(line)
  } catch {
    // A launcher killed in mid-line: the previous list is still valid.
  }
}
await endProcesses(guarded, graceMs)
