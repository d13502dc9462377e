import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compareWithBaseline } from '../../conformance/compare-with-baseline.ts'

const result = (name: string, passed: boolean) => ({
  name,
  passed,
  failures: passed ? [] : ['check: broken'],
  warnings: [],
})
const baseline = { scenarios: 2, expectedFailures: { push: 'no session' } }

describe('a conformance run', () => {
  it('passes if only scenarios of the baseline fail', () => {
    assert.deepEqual(compareWithBaseline([result('ping', true), result('push', false)], baseline), {
      passed: 1,
      expected: 1,
      problems: [],
    })
  })

  it('reports a failure outside the baseline', () => {
    const { problems } = compareWithBaseline([result('ping', false), result('push', false)], baseline)
    assert.deepEqual(problems, ['ping fails: check: broken'])
  })

  it('reports a baseline scenario that passes', () => {
    const { passed, problems } = compareWithBaseline([result('ping', true), result('push', true)], baseline)
    assert.equal(passed, 1)
    assert.deepEqual(problems, ['push passes: remove it from the expected failures of the baseline'])
  })

  it('reports a run without scenarios', () => {
    assert.deepEqual(compareWithBaseline([], baseline).problems, [
      'push did not run, although the baseline expects it to fail',
      'only 0 of 2 scenarios ran',
    ])
  })
})
