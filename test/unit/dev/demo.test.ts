import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Activity, createChooser } from '../../../dev/demo/activity.ts'
import { identities } from '../../../dev/demo/client.ts'
import { OptionsError, readOptions } from '../../../dev/demo/options.ts'
import { waitMs } from '../../../dev/demo/random.ts'
import { createTally } from '../../../dev/demo/tally.ts'
import { createLabels } from '../../../src/telemetry/metrics/labels.ts'

describe('the random waits of the demo traffic', () => {
  it('have the requested mean and are at most four times the mean', () => {
    const waits = Array.from({ length: 20_000 }, () => waitMs(1_000))
    const meanMs = waits.reduce((sum, ms) => sum + ms) / waits.length
    assert.ok(meanMs > 900 && meanMs < 1_100, String(meanMs))
    assert.ok(Math.max(...waits) <= 4_000)
  })
})

describe('createChooser', () => {
  const request: Activity['request'] = () => ({ method: 'tools/list' })
  const internal = { weight: 1, request }
  const external = { weight: 3, kind: 'external', request } as const

  it('chooses activities in proportion to their weights', () => {
    const choose = createChooser([internal, external], 0)
    const chosen = Array.from({ length: 4_000 }, choose)
    const share = chosen.filter((activity) => activity === external).length / chosen.length
    assert.ok(share > 0.7 && share < 0.8, String(share))
  })

  it('chooses an external activity at most once per interval', () => {
    let now = 0
    const choose = createChooser([internal, external], 5_000, () => now)
    const externalCalls = () =>
      Array.from({ length: 100 }, choose).filter((activity) => activity === external).length
    assert.equal(externalCalls(), 1)
    now = 4_999
    assert.equal(externalCalls(), 0)
    now = 5_000
    assert.equal(externalCalls(), 1)
  })
})

describe('the identities of simulated clients', () => {
  it('cover both eras under distinct names, known and unknown to the server', () => {
    assert.equal(new Set(identities.map(({ name }) => name)).size, identities.length)
    assert.deepEqual(new Set(identities.map(({ era }) => era)), new Set(['modern', 'legacy']))
    const labels = identities.map(({ name }) => createLabels({ tools: [] }).client(name))
    assert.ok(labels.includes('claude-code') && labels.includes('cursor') && labels.includes('other'))
  })
})

describe('the options of the demo traffic', () => {
  it('come from the environment, where an empty variable counts as unset', () => {
    const options = readOptions({ DEMO_RATE: '9', DEMO_USERS: '', DEMO_EXTERNAL_EVERY: '7' })
    assert.equal(options.callsPerSecond, 9)
    assert.equal(options.users, 8)
    assert.equal(options.externalEveryMs, 7_000)
    assert.equal(options.url.href, 'http://localhost:8080/mcp')
  })

  it('are rejected with the name of the invalid variable', () => {
    for (const [name, value] of Object.entries({ DEMO_RATE: '0', DEMO_USERS: 'many', DEMO_URL: 'localhost' }))
      assert.throws(() => readOptions({ [name]: value }), new RegExp(`${OptionsError.name}: ${name} must be`))
  })
})

describe('the summary of the demo traffic', () => {
  it('counts the results since the last summary', () => {
    const { add, summary } = createTally()
    for (const result of ['not_found', 'ok', 'ok']) add(result)
    assert.equal(summary(), '2 ok, 1 not_found')
    assert.equal(summary(), 'no requests')
  })
})
