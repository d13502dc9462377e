import { callAdvice, withDeadline } from '../../lib/deadline.ts'
import type { Stage } from './pipeline.ts'

/** Fails at the operation's timeout or on cancellation. */
export const limitTime: Stage =
  ({ name, timeoutMs }, next) =>
  (args, context) =>
    withDeadline({ timeoutMs, signal: context.signal, operation: name, advice: callAdvice }, (signal) =>
      next(args, { ...context, signal }),
    )
