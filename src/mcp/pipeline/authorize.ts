import { isAllowed, lacksScopes } from '../../auth/caller.ts'
import { AppError } from '../../errors.ts'
import type { Stage } from './pipeline.ts'

/** Rejects callers who lack a scope of the operation, with AppError `forbidden`. */
export const authorize: Stage = ({ name, scopes }, next) => {
  if (scopes === undefined) return next
  return async (args, context) => {
    const { caller } = context
    if (isAllowed(caller, scopes)) return next(args, context)
    const missing = scopes.filter((scope) => !isAllowed(caller, [scope]))
    throw new AppError('forbidden', `${name} ${lacksScopes(missing)}`)
  }
}
