import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { withLivenessProbe } from '../../../src/postgres/liveness-probe.ts'

describe('withLivenessProbe', () => {
  it('waits for a slow query while the probe succeeds', async () => {
    let probes = 0
    const query = delay(2_000, 'late')
    const probe = async () => void probes++
    assert.equal(await withLivenessProbe(query, probe), 'late')
    assert.ok(probes >= 1)
  })

  it('rejects with the error of a failed probe', async () => {
    const gone = new Error('gone')
    await assert.rejects(
      withLivenessProbe(new Promise(() => {}), () => Promise.reject(gone)),
      gone,
    )
  })
})
