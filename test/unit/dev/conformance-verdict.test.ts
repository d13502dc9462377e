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
  it('is fine if only what the baseline names fails', () => {
    assert.deepEqual(compareWithBaseline([result('ping', true), result('push', false)], baseline), {
      passed: 1,
      expected: 1,
      problems: [],
    })
  })

  it('has a problem if something else fails', () => {
    const { problems } = compareWithBaseline([result('ping', false), result('push', false)], baseline)
    assert.deepEqual(problems, ['ping fails: check: broken'])
  })

  it('has a problem if what the baseline names passes', () => {
    const { passed, problems } = compareWithBaseline([result('ping', true), result('push', true)], baseline)
    assert.equal(passed, 1)
    assert.deepEqual(problems, ['push passes: remove it from the expected failures of the baseline'])
  })

  it('has problems if nothing ran', () => {
    assert.deepEqual(compareWithBaseline([], baseline).problems, [
      'push did not run, although the baseline expects it to fail',
      'only 0 of 2 scenarios ran',
    ])
  })
})
