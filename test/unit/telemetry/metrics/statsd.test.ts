import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createStatsd } from '../../../../src/telemetry/metrics/statsd.ts'
import { silentLogger } from '../../../support/logger.ts'

describe('createStatsd', () => {
  it('collects gauges every 10 s until it is closed', async ({ mock }) => {
    mock.timers.enable({ apis: ['setInterval'] })
    const statsd = createStatsd({ host: '127.0.0.1', port: 9, instance: 'a' }, silentLogger)
    let collections = 0
    statsd.startCollecting({ collect: () => void collections++ })
    mock.timers.tick(9_999)
    assert.equal(collections, 0)
    mock.timers.tick(10_001)
    assert.equal(collections, 2)
    const closed = statsd.close()
    mock.timers.tick(20_000)
    assert.equal(collections, 2)
    await closed
  })
})
