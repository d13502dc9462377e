import { isAllowed } from '../../auth/caller.ts'
import { AppError } from '../../errors.ts'
import type { Stage } from './pipeline.ts'

/** Rejects callers who do not have the operation's scope, with AppError `forbidden`. */
export const authorize: Stage = ({ name, scope }, next) => {
  if (scope === undefined) return next
  return async (args, context) => {
    if (isAllowed(context.caller, scope)) return next(args, context)
    throw new AppError('forbidden', `${name} needs the scope "${scope}", which your credentials do not have.`)
  }
}
