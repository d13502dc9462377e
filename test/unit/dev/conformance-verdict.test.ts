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

describe('a conformance run', () => {
  it('is fine if only what the baseline names fails', () => {
    assert.deepEqual(judge([result('ping', true), result('push', false)], baseline), {
      passed: 1,
      expected: 1,
      problems: [],
    })
  })

  it('has a problem if something else fails', () => {
    const { problems } = judge([result('ping', false), result('push', false)], baseline)
    assert.deepEqual(problems, ['ping fails: check: broken'])
  })

  it('has a problem if what the baseline names passes', () => {
    const { passed, problems } = judge([result('ping', true), result('push', true)], baseline)
    assert.equal(passed, 1)
    assert.deepEqual(problems, ['push passes: take it out of the baseline, which says it fails'])
  })

  it('has problems if nothing ran', () => {
    assert.deepEqual(judge([], baseline).problems, [
      'push did not run: the baseline says it fails',
      'only 0 of 2 scenarios ran',
    ])
  })
})
