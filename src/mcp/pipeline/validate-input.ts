import type { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Stage } from './pipeline.ts'

/** Validates arguments against the operation's input schema. */
export const validateInput: Stage = ({ name, input: schema }, next) => {
  if (schema === undefined) return next
  return async (args, context) => {
    const input = schema.safeParse(args ?? {})
    if (input.success) return next(input.data, context)
    throw new AppError('invalid_arguments', `Invalid arguments for ${name}: ${problems(input.error)}`)
  }
}

/** Up to five problems with their paths; rules only, never values. */
function problems(error: z.ZodError): string {
  const listed = error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
  if (error.issues.length > listed.length) listed.push(`and ${error.issues.length - listed.length} more`)
  return listed.join('; ')
}
