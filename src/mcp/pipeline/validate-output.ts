import { AppError } from '../../errors.ts'
import type { Stage } from './pipeline.ts'

/** Holds an operation to its own output schema. Behind `useCache`: what the cache has was checked when it was made. */
export const validateOutput: Stage = ({ name, output: schema }, next) => {
  if (schema === undefined) return next
  return async (args, context) => {
    const output = schema.safeParse(await next(args, context))
    if (output.success) return output.data
    throw new AppError(
      'internal',
      `${name} made an answer that breaks its own output schema; it has been logged.`,
      { cause: output.error },
    )
  }
}
