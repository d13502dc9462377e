import type { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Stage } from '../pipeline.ts'

/** Holds the caller to the tool's input schema, and the tool to its own output schema. */
export const validated: Stage = (tool, next) => async (args, context) => {
  const input = tool.input.safeParse(args ?? {})
  if (!input.success) {
    throw new AppError('invalid_arguments', `Invalid arguments for ${tool.name}: ${problems(input.error)}`)
  }
  const output = tool.output.safeParse(await next(input.data, context))
  if (!output.success) {
    throw new AppError(
      'internal',
      `${tool.name} made an answer that breaks its own output schema; it has been logged.`,
      { cause: output.error },
    )
  }
  return output.data
}

/** Every problem with the place it is at; rules only, never the value that broke them. */
function problems(error: z.ZodError): string {
  const listed = error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
  if (error.issues.length > listed.length) listed.push(`and ${error.issues.length - listed.length} more`)
  return listed.join('; ')
}
