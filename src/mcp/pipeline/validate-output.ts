import { AppError } from '../../errors.ts'
import type { Stage } from './pipeline.ts'

/** Holds the tool to its own output schema. Behind `useCache`: what the cache has was checked when it was made. */
export const validateOutput: Stage = (tool, next) => async (args, context) => {
  const output = tool.output.safeParse(await next(args, context))
  if (output.success) return output.data
  throw new AppError(
    'internal',
    `${tool.name} made an answer that breaks its own output schema; it has been logged.`,
    { cause: output.error },
  )
}
