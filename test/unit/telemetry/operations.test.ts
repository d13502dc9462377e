import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { measureOperations } from '../../../src/telemetry/operations.ts'
import { noopMetrics } from '../../support/telemetry-fixtures.ts'

describe('measureOperations', () => {
  it('records duration and outcome for the dependency and the operation', async () => {
    const observed: unknown[] = []
    const measured = measureOperations(
      { ...noopMetrics, observe: (...observation: unknown[]) => observed.push(observation) },
      'payments',
    )
    assert.equal(await measured('charge', async () => 'done'), 'done')
    await assert.rejects(
      measured('charge', async () => Promise.reject(new Error('declined'))),
      /declined/,
    )
    assert.deepEqual(
      observed.map((observation) => (observation as unknown[]).slice(0, 2)),
      ['success', 'error'].map((outcome) => [
        'mcp_dependency_operation_seconds',
        { dependency: 'payments', operation: 'charge', outcome },
      ]),
    )
  })

  it('returns the result or the error of the operation even if a metrics backend throws', async () => {
    const failingObserve = () => {
      throw new Error('metrics backend failed')
    }
    const measured = measureOperations({ ...noopMetrics, observe: failingObserve }, 'payments')
    assert.equal(await measured('charge', async () => 'done'), 'done')
    await assert.rejects(
      measured('charge', async () => Promise.reject(new Error('declined'))),
      /declined/,
    )
  })
})
