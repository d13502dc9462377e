import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judge } from '../../conformance/verdict.ts'

const result = (name: string, passed: boolean) => ({
  name,
  passed,
  failures: passed ? [] : ['check: broken'],
  warnings: [],
})
const baseline = { scenarios: 2, expectedFailures: { push: 'no session' } }

describe('the conformance verdict', () => {
  it('has no problems if only the expected failures of the baseline fail', () => {
    assert.deepEqual(judge([result('ping', true), result('push', false)], baseline), {
      passed: 1,
      expected: 1,
      problems: [],
    })
  })

  it('reports a failure that the baseline does not expect', () => {
    const { problems } = judge([result('ping', false), result('push', false)], baseline)
    assert.deepEqual(problems, ['ping fails: check: broken'])
  })

  it('reports an expected failure that passes', () => {
    const { passed, problems } = judge([result('ping', true), result('push', true)], baseline)
    assert.equal(passed, 1)
    assert.deepEqual(problems, ['push passes: take it out of the baseline, which says it fails'])
  })

  it('reports expected failures and scenarios that did not run', () => {
    assert.deepEqual(judge([], baseline).problems, [
      'push did not run: the baseline says it fails',
      'only 0 of 2 scenarios ran',
    ])
  })
})
