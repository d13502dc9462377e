import { requireScope } from '../caller.ts'
import type { Stage } from './pipeline.ts'

/** Lets through who has the tool's scope. */
export const authorize: Stage = (tool, next) => async (args, context) => {
  requireScope(context.caller, tool.scope, tool.name)
  return next(args, context)
}
