import { toAppError } from '../../errors.ts'
import { isObject } from '../message.ts'
import { InputRequired } from './input-required.ts'
import type { Stage } from './pipeline.ts'

const maxLoggedValueLength = 200

/** Records argument names, the values of logged arguments, a request for user input, and the error. */
export const recordCall: Stage = (operation, next) => async (args, context) => {
  const { record } = context
  if (operation.input && isObject(args)) {
    record.argumentKeys = Object.keys(args)
    if (operation.logged) record.loggedArguments = pick(args, operation.logged)
  }
  try {
    return await next(args, context)
  } catch (thrown) {
    if (thrown instanceof InputRequired) {
      record.resultType = 'input_required'
      throw thrown
    }
    const error = toAppError(thrown)
    record.errorCode = error.code
    record.error = error
    throw error
  }
}

function pick(args: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names
      .filter((name) => Object.hasOwn(args, name))
      .map((name) => {
        const text = typeof args[name] === 'string' ? args[name] : JSON.stringify(args[name])
        return [name, text.length > maxLoggedValueLength ? `${text.slice(0, maxLoggedValueLength)}…` : text]
      }),
  )
}
