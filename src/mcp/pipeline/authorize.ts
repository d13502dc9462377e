import { requireScope } from '../caller.ts'
import type { Stage } from './pipeline.ts'

/** Rejects callers who do not have the operation's scope. */
export const authorize: Stage = ({ name, scope }, next) => {
  if (scope === undefined) return next
  return async (args, context) => {
    requireScope(context.caller, scope, name)
    return next(args, context)
  }
}
