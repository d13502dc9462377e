import type { Threshold } from './model.ts'

/** The latency objective, and where SlowToolCalls begins. */
export const slowCalls: readonly Threshold[] = [
  [null, 'green'],
  [1, 'yellow'],
  [2.5, 'red'],
]
