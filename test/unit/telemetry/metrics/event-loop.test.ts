import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createPrometheus } from '../../../../src/telemetry/metrics/prometheus.ts'

describe('the gauges of the event loop', () => {
  it('show a delay to every scraper, not only to the first', async () => {
    const prometheus = createPrometheus()
    const scrape = async (name: string) => {
      const { body } = await prometheus.render(undefined)
      return Number(new RegExp(`^nodejs_eventloop_lag_${name}seconds (\\S+)$`, 'm').exec(body)?.[1])
    }
    // The monitor needs a turn of its own before the delay.
    for (let turn = 0; turn < 5; turn++) await delay(20)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
    await delay(50)
    for (const scraper of ['first', 'second', 'third']) assert.ok((await scrape('max_')) >= 0.25, scraper)
    for (const name of ['', 'min_', 'mean_', 'stddev_', 'p50_', 'p90_', 'p99_'])
      assert.ok((await scrape(name)) >= 0, name)
  })
})
