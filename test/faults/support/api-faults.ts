import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Fault as ApiFault } from '../../support/faulty-api.ts'
import type { Scrape } from '../../support/scrape.ts'
import { type Fault, runFault, testName } from './fault.ts'
import { type FaultStack, startFaultStack } from './fault-stack.ts'

const expectedOutcomes = {
  search_wikipedia: ['upstream_error', 'unavailable'],
  search_all: ['without wikipedia'],
}

/** The load needs the API eight times a second; the circuit breaker must let far fewer requests through. */
const maxRequestsDuringOutage = 30

function assertBreakerOpen(now: Scrape): void {
  assert.equal(now.sum('mcp_circuit_breaker_state', { state: 'open' }), 1)
}

export interface ApiFaultCase {
  readonly name: string
  readonly kind: ApiFault
  readonly overrides?: Partial<Fault>
}

/** A fault of the API, during which circuit breaker and retry budget limit the requests. */
function apiFault({ api }: FaultStack, { name, kind, overrides }: ApiFaultCase): Fault {
  let requests = 0
  return {
    name,
    inject() {
      api.setFault(kind)
      api.requests.length = 0
    },
    repair() {
      requests = api.requests.length
      api.setFault(undefined)
    },
    // Without the breaker, more requests than the limit.
    durationMs: 4_000,
    expectedOutcomes,
    down: ['external_api'],
    assertVisible: assertBreakerOpen,
    assertRecovered() {
      assert.ok(requests <= maxRequestsDuringOutage, `${requests} requests during the outage`)
    },
    ...overrides,
  }
}

export function testApiFaults(faults: readonly ApiFaultCase[]): void {
  describe('the server under load during a fault of the external API', () => {
    let stack: FaultStack
    before(async () => {
      stack = await startFaultStack()
    })

    for (const fault of faults) it(testName(fault), () => runFault(stack, apiFault(stack, fault)))
  })
}
