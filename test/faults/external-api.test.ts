import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Fault as ApiFault } from '../../dev/services/sample-api.ts'
import type { Scrape } from '../support/scrape.ts'
import { type Fault, runFault } from './support/fault.ts'
import { type FaultStack, startFaultStack } from './support/fault-stack.ts'

let stack: FaultStack
before(async () => {
  stack = await startFaultStack()
})

const declared = {
  search_wikipedia: ['upstream_error', 'unavailable'],
  search_all: ['without wikipedia'],
}

/** Eight calls a second need the API: one that is down must see much fewer. */
const requestsOfAnOutage = 30

function breakerOpens(now: Scrape): void {
  assert.equal(now.sum('mcp_circuit_breaker_state', { state: 'open' }), 1)
}

/** The API is broken; neither its breaker nor its retries make it worse. */
function broken(name: string, kind: ApiFault, more: Partial<Fault> = {}): Fault {
  let asked = 0
  return {
    name: `external API ${name}`,
    inject() {
      stack.api.setFault(kind)
      stack.api.requests.length = 0
    },
    repair() {
      asked = stack.api.requests.length
      stack.api.setFault(undefined)
    },
    declared,
    down: ['external_api'],
    shows: breakerOpens,
    recovers() {
      assert.ok(asked <= requestsOfAnOutage, `asked ${asked} times`)
    },
    ...more,
  }
}

const faults: Fault[] = [
  broken('refuses connections', { kind: 'refused' }),
  broken('is frozen', { kind: 'frozen' }),
  broken(
    'is slow (0.4 s)',
    { kind: 'slow', delayMs: 400 },
    {
      declared: {},
      down: [],
      shows: () => undefined,
      recovers: () => undefined,
    },
  ),
  broken('answers 500', { kind: 'error' }),
  broken(
    'answers 429 with Retry-After: 2',
    { kind: 'rate-limit', retryAfterSeconds: 2 },
    {
      // Being refused is no failure of its: the breaker stays closed, the pause alone holds requests back.
      shows: (now) => assert.equal(now.sum('mcp_circuit_breaker_state', { state: 'closed' }), 1),
    },
  ),
  broken('answers garbage', { kind: 'garbage' }),
  broken('resets connections in the middle of a body', { kind: 'reset' }),
  broken('never ends a body', { kind: 'endless' }),
]

describe('under load, when something is wrong with the external API', () => {
  for (const fault of faults) it(fault.name, () => runFault(stack, fault))
})
