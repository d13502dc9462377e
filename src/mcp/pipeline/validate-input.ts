import type { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Stage } from './pipeline.ts'

/** Holds the caller to the tool's input schema. */
export const validateInput: Stage = (tool, next) => async (args, context) => {
  const input = tool.input.safeParse(args ?? {})
  if (!input.success) {
    throw new AppError('invalid_arguments', `Invalid arguments for ${tool.name}: ${problems(input.error)}`)
  }
  return next(input.data, context)
}

/** Every problem with the place it is at; rules only, never the value that broke them. */
function problems(error: z.ZodError): string {
  const listed = error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
  if (error.issues.length > listed.length) listed.push(`and ${error.issues.length - listed.length} more`)
  return listed.join('; ')
}
