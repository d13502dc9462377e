import type { Threshold } from './model.ts'

/** Utilization of an event loop: calls queue, then wait. */
export const highUtilization: readonly Threshold[] = [
  [null, 'green'],
  [0.6, 'yellow'],
  [0.8, 'red'],
]

/** Latency objective and threshold of the alert SlowToolCalls. */
export const slowCalls: readonly Threshold[] = [
  [null, 'green'],
  [1, 'yellow'],
  [2.5, 'red'],
]
