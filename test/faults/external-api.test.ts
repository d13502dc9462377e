import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Fault as ApiFault } from '../../dev/services/sample-api.ts'
import type { Scrape } from '../support/scrape.ts'
import { type Fault, runFault, testName } from './support/fault.ts'
import { type FaultStack, startFaultStack } from './support/fault-stack.ts'

let stack: FaultStack
before(async () => {
  stack = await startFaultStack()
})

const expectedOutcomes = {
  search_wikipedia: ['upstream_error', 'unavailable'],
  search_all: ['without wikipedia'],
}

/** The load needs the API eight times a second; the circuit breaker must let far fewer requests through. */
const maxRequestsDuringOutage = 30

function assertBreakerOpen(now: Scrape): void {
  assert.equal(now.sum('mcp_circuit_breaker_state', { state: 'open' }), 1)
}

/** A fault of the API, during which circuit breaker and retry budget limit the requests. */
function apiFault(name: string, kind: ApiFault, overrides: Partial<Fault> = {}): Fault {
  let requests = 0
  return {
    name: `external API ${name}`,
    inject() {
      stack.api.setFault(kind)
      stack.api.requests.length = 0
    },
    repair() {
      requests = stack.api.requests.length
      stack.api.setFault(undefined)
    },
    expectedOutcomes,
    down: ['external_api'],
    assertVisible: assertBreakerOpen,
    assertRecovered() {
      assert.ok(requests <= maxRequestsDuringOutage, `${requests} requests during the outage`)
    },
    ...overrides,
  }
}

const faults: Fault[] = [
  apiFault('refuses connections', { kind: 'refused' }),
  apiFault('is frozen', { kind: 'frozen' }),
  apiFault(
    'is slow (0.4 s)',
    { kind: 'slow', delayMs: 400 },
    {
      expectedOutcomes: {},
      down: [],
      assertVisible: () => undefined,
      assertRecovered: () => undefined,
    },
  ),
  apiFault('returns 500', { kind: 'error' }),
  apiFault(
    'returns 429 with Retry-After: 2',
    { kind: 'rate-limit', retryAfterSeconds: 2 },
    {
      // A 429 is no failure for the circuit breaker: only the cool-down holds requests back.
      assertVisible: (now) => assert.equal(now.sum('mcp_circuit_breaker_state', { state: 'closed' }), 1),
    },
  ),
  apiFault('returns malformed JSON', { kind: 'garbage' }),
  apiFault('resets connections during a response', { kind: 'reset' }),
  apiFault('sends an endless body', { kind: 'endless' }),
]

describe('the server under load during a fault of the external API', () => {
  for (const fault of faults) it(testName(fault), () => runFault(stack, fault))
})
