import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createMetrics } from '../../../../src/telemetry/metrics/metrics.ts'
import { measureProcess } from '../../../../src/telemetry/metrics/process-metrics.ts'
import { createPrometheus } from '../../../../src/telemetry/metrics/prometheus.ts'

/** A server's metrics, as a scrape reads them. */
function createScrape() {
  const prometheus = createPrometheus({ nodeMetrics: false })
  const metrics = createMetrics([prometheus])
  measureProcess(metrics, { version: '1.0.0', commit: 'abc' })
  return async () => {
    metrics.collect()
    const { body } = await prometheus.render(undefined)
    const seconds = (state: string) =>
      Number(
        new RegExp(
          `^nodejs_eventloop_time_seconds_total{nodejs_eventloop_state="${state}"} (\\S+)$`,
          'm',
        ).exec(body)?.[1],
      )
    return { active: seconds('active'), idle: seconds('idle') }
  }
}

function block(ms: number): void {
  const endsAtMs = performance.now() + ms
  while (performance.now() < endsAtMs);
}

describe('the event loop time', () => {
  it('grows by the active and the idle time, for a reader whose scrapes another reader interleaves', async () => {
    const scrape = createScrape()
    const first = await scrape()
    for (let turn = 0; turn < 4; turn++) {
      block(50)
      await delay(50)
      await scrape()
    }
    const last = await scrape()
    assert.ok(last.active - first.active >= 0.19, `${last.active - first.active} s active`)
    assert.ok(last.idle > first.idle)
  })

  it('is the same for each server of a process', async () => {
    const [early, late] = [createScrape(), createScrape()]
    await early()
    block(20)
    await early()
    const [a, b] = [await early(), await late()]
    assert.ok(b.active >= a.active && b.idle >= a.idle, JSON.stringify([a, b]))
  })
})
