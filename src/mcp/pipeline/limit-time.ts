import { withDeadline } from '../../lib/deadline.ts'
import type { Stage } from './pipeline.ts'

/** Answers when the tool's time is up or the caller has gone. */
export const limitTime: Stage = (tool, next) => (args, context) =>
  withDeadline({ timeoutMs: tool.timeoutMs, signal: context.signal, what: tool.name }, (signal) =>
    next(args, { ...context, signal }),
  )
