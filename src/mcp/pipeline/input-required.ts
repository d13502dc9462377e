import type { InputRequiredResult } from '@modelcontextprotocol/server'

/** Ends a call that needs answers of the user. Not an error of the call. */
export class InputRequired extends Error {
  readonly toResult: () => InputRequiredResult

  constructor(toResult: () => InputRequiredResult) {
    super('input required')
    this.toResult = toResult
  }
}
