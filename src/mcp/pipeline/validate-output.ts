import { AppError } from '../../errors.ts'
import type { Stage } from './pipeline.ts'

/** Validates results against the output schema. Runs inside `useCache`, so cached results are not checked again. */
export const validateOutput: Stage = ({ name, output: schema }, next) => {
  if (schema === undefined) return next
  return async (args, context) => {
    const output = schema.safeParse(await next(args, context))
    if (output.success) return output.data
    throw new AppError(
      'internal',
      `${name} returned output that does not match its schema; the error was logged.`,
      { cause: output.error },
    )
  }
}
