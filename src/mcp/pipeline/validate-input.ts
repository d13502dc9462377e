import type { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Stage } from './pipeline.ts'
import { describeUnknown } from './unknown-arguments.ts'

/** Validates arguments against the operation's input schema. */
export const validateInput: Stage = ({ name, input: schema }, next) => {
  if (schema === undefined) return next
  const valid = Object.keys(schema.shape)
  return async (args, context) => {
    const input = schema.safeParse(args ?? {})
    if (input.success) return next(input.data, context)
    throw new AppError('invalid_arguments', `Invalid arguments for ${name}: ${problems(input.error, valid)}`)
  }
}

/** Up to five problems with their paths; rules and names of arguments only, never values. */
export function problems({ issues }: z.ZodError, valid: readonly string[] = []): string {
  const listed = issues.slice(0, 5).map((issue) => {
    if (issue.path.length > 0) return `${issue.path.join('.')}: ${issue.message}`
    return issue.code === 'unrecognized_keys' ? describeUnknown(issue.keys, valid) : issue.message
  })
  if (issues.length > listed.length) listed.push(`and ${issues.length - listed.length} more`)
  return listed.join('; ')
}
