import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway/gateway.ts'
import { createDependencies } from './support/fault-stack.ts'
import { startLoad } from './support/load.ts'
import { lostOf } from './support/lost-writes.ts'
import { printRow } from './support/print-row.ts'
import { startReplica } from './support/replica.ts'
import { startStreams } from './support/streams.ts'
import { summarize } from './support/verdict.ts'

const rounds = 3
const streamCount = 3
/** Two replicas share what one does alone for a while: on a busy machine more would make it look as if none were ready. */
const callsAtATime = 10
/** A server that gives up waiting has waited at least so long: a busy machine, and no matter of restarts. */
const starvedMs = 1_400
const late = ['unavailable', 'timeout', 'without documents', 'without wikipedia', 'upstream_error']

describe('two replicas behind nginx, restarted in turn under load', () => {
  it('lose no call of either era, and end each stream in an orderly way', async () => {
    const addresses = ['127.0.0.2', '127.0.0.3']
    const [port, opsPort] = [await freePort(), await freePort()]
    const { mcpUrl, stop } = await startGateway({ addresses, port, opsPort })
    afterFile(stop)
    const { env } = await createDependencies()
    const replicas = []
    for (const HOST of addresses) {
      const own = { HOST, PORT: `${port}`, OPS_PORT: `${opsPort}`, PUBLIC_URL: mcpUrl.origin }
      // Long enough for a call that was sent here by an answer of /readyz a moment ago.
      replicas.push(await startReplica({ ...env, ...own, SHUTDOWN_DELAY_MS: '1500' }))
    }
    const load = startLoad(mcpUrl, { atATime: callsAtATime })
    const streams = await startStreams(mcpUrl, streamCount)
    await delay(2_000)
    for (let round = 0; round < rounds; round++) {
      for (const replica of replicas) {
        await replica.terminate()
        await replica.start()
        await delay(500)
      }
    }
    await delay(1_000)
    await load.stop()
    await streams.stop()

    const failed = load.calls.filter(
      ({ outcome, startedAtMs, endedAtMs }) =>
        outcome !== 'ok' && !(late.includes(outcome) && endedAtMs - startedAtMs > starvedMs),
    )
    assert.deepEqual(failed, [])
    assert.ok(load.calls.length > 100, `only ${load.calls.length} calls`)
    for (const end of streams.ends) assert.equal(end, 'graceful')
    assert.ok(streams.ends.length >= streamCount, 'no stream was ended')
    for (const changes of streams.heard) assert.ok(changes > 0, 'a stream heard of nothing')
    const { lost, acknowledged } = await lostOf(mcpUrl, load.calls)
    printRow({
      fault: `two replicas behind nginx: each ends on SIGTERM and starts again, ${rounds} times`,
      seen: `${load.calls.length} calls, none failed: ${summarize(load.calls)}; ${streams.ends.length} streams ended in an orderly way`,
      recoverySeconds: '–',
      lostWrites: `${lost.length} of ${acknowledged}`,
    })
    assert.deepEqual(lost, [])
  })
})
