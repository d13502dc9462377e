import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Outcome } from './support/calls.ts'
import { healthy } from './support/fault.ts'
import { createDependencies } from './support/fault-stack.ts'
import { type Load, startLoad } from './support/load.ts'
import { lostOf } from './support/lost-writes.ts'
import { printRow } from './support/print-row.ts'
import { type Replica, startReplica } from './support/replica.ts'
import { summarize } from './support/verdict.ts'

let replica: Replica
let load: Load
before(async () => {
  const { env } = await createDependencies()
  replica = await startReplica(env)
  load = startLoad(replica.server.mcpUrl)
})

/** Ends the only server there is, starts it again, and looks at what its callers saw of it. */
async function restart(
  name: string,
  end: () => Promise<void>,
  { underWay, within }: { underWay: readonly Outcome[]; within: number },
): Promise<void> {
  const beganAtMs = performance.now()
  await healthy({ server: replica.server, load }, beganAtMs)
  await delay(2_000)
  const { lines } = replica.server
  const endedAtMs = performance.now()
  await end()
  const goneAtMs = performance.now()
  await delay(500)
  await replica.start()
  const startedAtMs = performance.now()
  const recoveredAtMs = await healthy({ server: replica.server, load }, startedAtMs)
  await load.settled()

  const calls = load.calls.filter(({ startedAtMs }) => startedAtMs >= beganAtMs)
  for (const call of calls) {
    const { tool, era, outcome } = call
    const away = call.endedAtMs >= endedAtMs && call.startedAtMs <= startedAtMs
    // The system may have accepted a connection that the process had not: who called by it was not answered, but not heard either.
    const unheard = outcome === 'broken' && !lines.some(({ request_id }) => request_id === call.id)
    const allowed = away ? ['ok', 'refused', ...underWay, ...(unheard ? ['broken'] : [])] : ['ok']
    assert.ok(
      allowed.includes(outcome),
      `${tool} (${era}): ${outcome}${away ? '' : ' while nothing was wrong'}`,
    )
    if (outcome === 'ok') continue
    const limitMs = within + load.pulse.longestMs(call.startedAtMs, call.endedAtMs)
    assert.ok(call.endedAtMs - call.startedAtMs <= limitMs, `${tool}: ${outcome}, too late`)
  }
  const { lost, acknowledged } = await lostOf(replica.server.mcpUrl, calls)
  printRow({
    fault: name,
    seen: summarize(
      calls.filter((call) => call.endedAtMs >= endedAtMs && call.startedAtMs <= goneAtMs + 500),
    ),
    recoverySeconds: (recoveredAtMs - startedAtMs) / 1_000,
    lostWrites: `${lost.length} of ${acknowledged}`,
  })
  assert.deepEqual(lost, [], 'acknowledged and then lost')
}

describe('under load, a server that ends and is started again', () => {
  it('answers all that it was given before it ends on SIGTERM', () =>
    restart('server: SIGTERM, then started again', () => replica.terminate(), {
      underWay: [],
      within: 2_000,
    }))

  it('breaks connections at once when it is killed, and loses nothing that it acknowledged', () =>
    restart('server: SIGKILL, then started again', () => replica.kill(), {
      underWay: ['broken'],
      within: 2_000,
    }))
})
