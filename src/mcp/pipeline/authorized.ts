import { AppError } from '../../errors.ts'
import type { Stage } from '../pipeline.ts'

/** Lets through who has the tool's scope. */
export const authorized: Stage = (tool, next) => async (args, context) => {
  const { scopes } = context.caller
  if (scopes !== 'all' && !scopes.has(tool.scope)) {
    throw new AppError(
      'forbidden',
      `${tool.name} needs the scope "${tool.scope}", which your credentials do not have.`,
    )
  }
  return next(args, context)
}
