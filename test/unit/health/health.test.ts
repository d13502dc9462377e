import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createHealth, type DependencyCheck } from '../../../src/health/health.ts'
import { createMetrics } from '../../../src/telemetry/metrics/metrics.ts'
import { createPrometheus } from '../../../src/telemetry/metrics/prometheus.ts'
import { recordingLogger } from '../../support/logger.ts'

const check = (changes: Partial<DependencyCheck> & Pick<DependencyCheck, 'run'>): DependencyCheck => ({
  name: 'database',
  critical: true,
  intervalMs: 50,
  ...changes,
})

function healthOf(...checks: DependencyCheck[]) {
  const prometheus = createPrometheus({ nodeMetrics: false })
  const metrics = createMetrics([prometheus])
  const { logger, lines } = recordingLogger()
  const health = createHealth({ checks, metrics, logger, timeoutMs: 500 })
  return { health, metrics, lines, text: async () => (await prometheus.render(undefined)).body }
}

describe('createHealth', () => {
  it('runs one check per interval for any number of requests', async () => {
    let runs = 0
    const { health } = healthOf(check({ intervalMs: 60_000, run: async () => runs++ }))
    await Promise.all(Array.from({ length: 1_000 }, () => health.report()))
    await Promise.all(Array.from({ length: 1_000 }, () => health.readiness()))
    assert.equal(runs, 1)
  })

  it('runs the check again after the interval', async () => {
    let runs = 0
    const { health } = healthOf(check({ intervalMs: 1, run: async () => runs++ }))
    await health.report()
    await delay(20)
    await health.report()
    assert.equal(runs, 2)
  })

  it('checks all dependencies concurrently and reports each result', async () => {
    let running = 0
    // Each check waits for the other, so sequential checks would time out and count as down.
    const together = async () => {
      running++
      while (running < 2) await delay(1)
    }
    const { health } = healthOf(
      check({ run: together }),
      check({
        name: 'redis',
        critical: false,
        run: () => together().then(() => Promise.reject(new Error('down'))),
      }),
    )
    const report = await health.report()
    assert.equal(report.status, 'unhealthy')
    assert.deepEqual(report.checks, { database: true, redis: false })
  })

  it('reports a hanging check as down and starts no second one', async () => {
    let runs = 0
    const { health } = healthOf(
      check({
        intervalMs: 60_000,
        run: () => {
          runs++
          return new Promise(() => {})
        },
      }),
    )
    const reports = await Promise.all([
      health.report(),
      health.report(),
      delay(50).then(() => health.report()),
    ])
    assert.deepEqual(
      reports.map(({ checks }) => checks.database),
      [false, false, false],
    )
    assert.equal(runs, 1)
  })

  it('is ready while every critical dependency is up, until it drains', async () => {
    let database = true
    const { health } = healthOf(
      check({ intervalMs: 0, run: () => (database ? Promise.resolve() : Promise.reject(new Error('down'))) }),
      check({ name: 'redis', critical: false, run: () => Promise.reject(new Error('down')) }),
    )
    assert.deepEqual(await health.readiness(), { ready: true })
    database = false
    assert.deepEqual(await health.readiness(), { ready: false, reason: 'database down' })
    database = true
    assert.deepEqual(await health.readiness(), { ready: true })
    health.drain()
    assert.deepEqual(await health.readiness(), { ready: false, reason: 'shutting down' })
  })

  it('exports the latest results and refreshes them on a scrape', async () => {
    let up = true
    const { health, metrics, text } = healthOf(
      check({ intervalMs: 0, run: () => (up ? Promise.resolve() : Promise.reject(new Error('no'))) }),
    )
    await health.report()
    assert.match(await text(), /mcp_dependency_up\{dependency="database"\} 1/)
    assert.match(await text(), /mcp_dependency_check_seconds\{dependency="database"\} 0\.0/)
    up = false
    metrics.collect()
    await delay(10)
    assert.match(await text(), /mcp_dependency_up\{dependency="database"\} 0/)
  })

  it('logs a dependency only when its state changes', async () => {
    let up = false
    const { health, lines } = healthOf(
      check({ intervalMs: 0, run: () => (up ? Promise.resolve() : Promise.reject(new Error('no'))) }),
    )
    for (let times = 0; times < 3; times++) await health.report()
    up = true
    for (let times = 0; times < 3; times++) await health.report()
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [
        ['warn', 'dependency went down'],
        ['info', 'dependency recovered'],
      ],
    )
  })
})
