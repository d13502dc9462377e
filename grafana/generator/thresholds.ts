import type { Threshold } from './model.ts'

/** Latency objective and threshold of the alert SlowToolCalls. */
export const slowCalls: readonly Threshold[] = [
  [null, 'green'],
  [1, 'yellow'],
  [2.5, 'red'],
]
