import type { Panel } from './model.ts'
import { dependencies } from './queries.ts'
import { stateTimeline } from './state-timeline.ts'

const breakerStates = ['closed', 'half_open', 'open', 'isolated'] as const

/** One value per breaker: the index of its state in `breakerStates`. */
const breakerState = breakerStates
  .map(
    (state, index) =>
      `${index} * sum by (dependency, instance) (mcp_circuit_breaker_state{${dependencies},state="${state}"})`,
  )
  .join(' + ')

/** Health panels of domain dependencies, shown after those of the stores. A fork lists its own here. */
export const domainHealth: readonly Panel[] = [
  stateTimeline({
    id: 103,
    title: 'Circuit breakers',
    description:
      'Does the server still send requests to the external API? Closed: requests pass. Open: calls fail fast after repeated failures. Half open: one trial request is allowed.',
    unit: 'none',
    width: 24,
    height: 5,
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
