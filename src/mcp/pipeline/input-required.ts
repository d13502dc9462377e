import { type InputRequests, type InputRequiredResult, inputRequired } from '@modelcontextprotocol/server'

/** Ends a call that needs answers of the user: not an error of it. */
export class InputRequired extends Error {
  readonly #inputRequests: InputRequests
  readonly #answers: Readonly<Record<string, unknown>>

  constructor(inputRequests: InputRequests, answers: Readonly<Record<string, unknown>>) {
    super('input required')
    this.#inputRequests = inputRequests
    this.#answers = answers
  }

  /** The questions, with the answers of earlier rounds, which clients send back. */
  toResult(): InputRequiredResult {
    const answers = Object.keys(this.#answers).length > 0 && { requestState: JSON.stringify(this.#answers) }
    return inputRequired({ inputRequests: this.#inputRequests, ...answers })
  }
}
