import { callAdvice, withDeadline } from '../../lib/deadline.ts'
import type { Stage } from './pipeline.ts'

/** Fails at the operation's timeout or on cancellation. */
export const limitTime: Stage = (operation, next) => (args, context) =>
  withDeadline(
    {
      timeoutMs: operation.timeoutMs,
      signal: context.signal,
      operation: operation.name,
      advice: callAdvice,
    },
    (signal) => next(args, { ...context, signal }),
  )
