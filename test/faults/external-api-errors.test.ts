import assert from 'node:assert/strict'
import { testApiFaults } from './support/api-faults.ts'

testApiFaults([
  { name: 'external API returns 500', kind: { kind: 'error' } },
  {
    name: 'external API returns 429 with Retry-After: 2',
    kind: { kind: 'rate-limit', retryAfterSeconds: 2 },
    overrides: {
      // A 429 is no failure for the circuit breaker: only the cool-down holds requests back.
      assertVisible: (now) => assert.equal(now.sum('mcp_circuit_breaker_state', { state: 'closed' }), 1),
    },
  },
  { name: 'external API returns malformed JSON', kind: { kind: 'garbage' } },
  { name: 'external API sends an endless body', kind: { kind: 'endless' } },
])
