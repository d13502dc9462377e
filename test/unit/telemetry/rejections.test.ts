import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createReject } from '../../../src/telemetry/rejections.ts'
import { recordingLogger } from '../../support/logger.ts'
import { noopMetrics } from '../../support/telemetry-fixtures.ts'

function setUp({ mock }: TestContext) {
  mock.timers.enable({ apis: ['setTimeout'] })
  const counts: Record<string, number> = {}
  const { logger, lines } = recordingLogger()
  const count = (_name: string, labels: Record<string, string>) => {
    const reason = labels.reason ?? ''
    counts[reason] = (counts[reason] ?? 0) + 1
  }
  const reject = createReject({
    metrics: { ...noopMetrics, count: count as typeof noopMetrics.count },
    logger,
  })
  return { reject, counts, lines, pass: (ms: number) => mock.timers.tick(ms) }
}

describe('createReject', () => {
  it('counts every rejected request and logs at most 20 a second, then how many it left out', (test) => {
    const { reject, counts, lines, pass } = setUp(test)
    for (let n = 0; n < 1_000; n++) reject({ reason: 'unauthenticated', httpStatus: 401 })
    assert.equal(lines.length, 20)
    pass(999)
    assert.equal(lines.length, 20)
    pass(1)
    assert.equal(lines.length, 21)
    const { message, suppressed, level } = lines[20] ?? assert.fail()
    assert.deepEqual([message, suppressed, level], ['further rejected requests were not logged', 980, 'info'])
    reject({ reason: 'unauthenticated' })
    assert.equal(lines.at(-1)?.message, 'http request rejected')
    assert.deepEqual(counts, { unauthenticated: 1_001 })
  })

  it('writes no summary when every line of a second was logged', (test) => {
    const { reject, lines, pass } = setUp(test)
    for (let second = 0; second < 3; second++) {
      for (let n = 0; n < 20; n++) reject({ reason: 'host' })
      pass(1_000)
    }
    assert.equal(lines.length, 60)
    assert.ok(lines.every(({ message }) => message === 'http request rejected'))
  })

  it('logs a server error during a flood of client errors', (test) => {
    const { reject, lines } = setUp(test)
    for (let n = 0; n < 100; n++) reject({ reason: 'rate_limited' })
    reject({ reason: 'internal', error: new Error('bug') })
    assert.equal(lines.at(-1)?.level, 'error')
  })
})
