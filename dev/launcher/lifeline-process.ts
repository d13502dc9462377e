/** The helper of lifeline.ts: reads the processes to guard, one JSON array a line, until the pipe closes. */
import { createInterface } from 'node:readline'
import { endProcesses, type GuardedProcess } from './process-identity.ts'

const graceMs = 3_000
let guarded: GuardedProcess[] = []

for await (const line of createInterface({ input: process.stdin })) {
  try {
    guarded = JSON.parse(line)
  } catch {
    // The launcher died in the middle of a line: the list before it still holds.
  }
}
await endProcesses(guarded, graceMs)
