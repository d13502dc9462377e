import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway/gateway.ts'
import { summarize } from './support/call-assertions.ts'
import { createDependencies } from './support/fault-stack.ts'
import { startLoad } from './support/load.ts'
import { findLostWrites } from './support/lost-writes.ts'
import { printRow } from './support/print-row.ts'
import { startReplica } from './support/replica.ts'
import { startStreams } from './support/streams.ts'

const rounds = 3
const streamCount = 3
/** One replica serves alone during a restart: with more calls on a busy machine its readiness probe would time out. */
const maxInFlight = 10
/** A call that fails by timeout took at least this long: a busy machine, not the restart, caused it. */
const starvedMs = 1_400
const timeoutOutcomes = ['unavailable', 'timeout', 'without documents', 'without wikipedia', 'upstream_error']

describe('a rolling restart of two replicas behind the gateway under load', () => {
  it('fails no call of either protocol revision and closes each stream gracefully', async () => {
    const addresses = ['127.0.0.2', '127.0.0.3']
    const [port, opsPort] = [await freePort(), await freePort()]
    const { mcpUrl, untilReady, stop } = await startGateway({ addresses, port, opsPort })
    afterFile(stop)
    const { env } = await createDependencies()
    const replicas = []
    for (const HOST of addresses) {
      const own = { HOST, PORT: `${port}`, OPS_PORT: `${opsPort}`, PUBLIC_URL: mcpUrl.origin }
      // The gateway detects within it that the replica is no longer ready.
      replicas.push(await startReplica({ ...env, ...own, SHUTDOWN_DELAY_MS: '1500' }))
    }
    await untilReady(2)
    const load = startLoad(mcpUrl, { maxInFlight })
    const streams = await startStreams(mcpUrl, streamCount)
    await delay(1_000)
    for (let round = 0; round < rounds; round++) {
      for (const replica of replicas) {
        await replica.terminate()
        await replica.start()
        await untilReady(2)
      }
    }
    await delay(1_000)
    await load.stop()
    await streams.stop()

    const failed = load.calls.filter(
      ({ outcome, startedAtMs, endedAtMs }) =>
        outcome !== 'ok' && !(timeoutOutcomes.includes(outcome) && endedAtMs - startedAtMs > starvedMs),
    )
    assert.deepEqual(failed, [])
    assert.ok(load.calls.length > 100, `only ${load.calls.length} calls`)
    for (const end of streams.ends) assert.equal(end, 'graceful')
    assert.ok(streams.ends.length >= streamCount, 'fewer streams closed than opened')
    for (const changes of streams.changeCounts) assert.ok(changes > 0, 'a stream received no notification')
    const { lost, acknowledged } = await findLostWrites(mcpUrl, load.calls)
    printRow({
      fault: `two replicas behind the gateway: rolling restart, ${rounds} times`,
      observed: `${load.calls.length} calls, none failed: ${summarize(load.calls)}; ${streams.ends.length} streams closed gracefully`,
      recoverySeconds: '–',
      lostWrites: `${lost.length} of ${acknowledged}`,
    })
    assert.deepEqual(lost, [])
  })
})
