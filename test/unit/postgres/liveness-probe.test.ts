import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withLivenessProbe } from '../../../src/postgres/liveness-probe.ts'
import { withResolvers } from '../../support/with-resolvers.ts'

describe('withLivenessProbe', () => {
  it('waits for a slow query and probes every 0.75 s until it ends', async ({ mock }) => {
    mock.timers.enable({ apis: ['setInterval'] })
    let probes = 0
    const query = withResolvers<string>()
    const result = withLivenessProbe(query.promise, async () => void probes++)
    mock.timers.tick(749)
    assert.equal(probes, 0)
    mock.timers.tick(751)
    assert.equal(probes, 2)
    query.resolve('late')
    assert.equal(await result, 'late')
    mock.timers.tick(7_500)
    assert.equal(probes, 2)
  })

  it('rejects with the error of a failed probe', async ({ mock }) => {
    mock.timers.enable({ apis: ['setInterval'] })
    const gone = new Error('gone')
    const result = withLivenessProbe(new Promise(() => {}), () => Promise.reject(gone))
    mock.timers.tick(750)
    await assert.rejects(result, gone)
  })
})
