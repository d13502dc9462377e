import type { Panel } from './model.ts'
import { dependencies } from './queries.ts'
import { states } from './states.ts'

const breakerStates = ['closed', 'half_open', 'open', 'isolated'] as const

/** One number for each breaker: the place of its state in the list. */
const breakerState = breakerStates
  .map(
    (state, place) =>
      `${place} * sum by (dependency, instance) (mcp_circuit_breaker_state{${dependencies},state="${state}"})`,
  )
  .join(' + ')

/** Panels on the health of this server's own dependencies, below those of the stores. A fork lists its own here. */
export const domainHealth: readonly Panel[] = [
  states({
    id: 103,
    title: 'Circuit breakers',
    description:
      'Closed: requests pass. Open: the dependency failed repeatedly and calls fail fast. Half open: one request tries it.',
    unit: 'none',
    width: 24,
    height: 5,
    thresholds: [
      [null, 'green'],
      [1, 'yellow'],
      [2, 'red'],
    ],
    states: [
      [0, 'closed', 'green'],
      [1, 'half open', 'yellow'],
      [2, 'open', 'red'],
      [3, 'isolated', 'red'],
    ],
    targets: [{ expr: breakerState, legend: '{{dependency}} from {{instance}}' }],
    runbooks: ['CircuitBreakerOpen'],
  }),
]
