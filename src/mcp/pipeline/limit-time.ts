import { withDeadline } from '../../lib/deadline.ts'
import type { Stage } from './pipeline.ts'

/** Answers when the tool's time is up or the caller has gone. */
export const limitTime: Stage = (operation, next) => (args, context) =>
  withDeadline(
    { timeoutMs: operation.timeoutMs, signal: context.signal, operation: operation.name },
    (signal) => next(args, { ...context, signal }),
  )
