import { hash } from 'node:crypto'
import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequests,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { MessageRecord } from '../../telemetry/observer.ts'
import type { Elicit } from '../define/elicitation.ts'
import { isObject } from '../message.ts'
import { InputRequired } from '../pipeline/input-required.ts'
import { problems } from '../pipeline/validate-input.ts'

/** The part of a request that has the answers. */
export type AnsweredRequest = Pick<ServerContext['mcpReq'], 'envelope' | 'inputResponses' | 'requestState'>

/**
 * Questions and answers of one call. An answer is found by a digest of its question, the call and the caller, which the
 * server recomputes. So the returned state needs no signature: by forging it, a client can only give answers that it
 * could give anyway.
 */
export function createElicit(record: MessageRecord, args: unknown, request: AnsweredRequest): Elicit {
  const questions: InputRequests = {}
  const answers: Record<string, unknown> = {}
  let given: Record<string, unknown> | undefined
  /** Clients send the answers of earlier rounds back. */
  const toResult = () => {
    const requestState = Object.keys(answers).length > 0 && { requestState: JSON.stringify(answers) }
    return inputRequired({ inputRequests: questions, ...requestState })
  }

  return async ({ message, form }) => {
    const obstacle = obstacleOf(record, request)
    if (obstacle) throw new AppError('conflict', `The user must answer "${message}" ${obstacle}`)
    const schema: z.ZodObject = form ?? z.object({})
    const question = inputRequired.elicit({ message, requestedSchema: schema })
    const key = hash('sha256', JSON.stringify([record.target, record.caller, args, question]), 'base64url')
    given ??= { ...earlierAnswers(request.requestState()), ...request.inputResponses }
    const answer = inputResponse(given, key)
    if (answer.kind !== 'elicit') {
      questions[key] = question
      throw new InputRequired(toResult)
    }
    const { action, content = {} } = answer
    answers[key] = { action, content }
    if (action !== 'accept') return { action }
    const parsed = schema.safeParse(content)
    if (parsed.success) return { action, content: parsed.data as never }
    throw new AppError('invalid_arguments', `Invalid answer to "${message}": ${problems(parsed.error)}`)
  }
}

function obstacleOf({ era }: MessageRecord, { envelope }: AnsweredRequest): string | undefined {
  if (era === 'legacy')
    return 'and cannot be asked: in the 2025 revisions that needs a session, and this server keeps none. Use a client with revision 2026-07-28.'
  // The SDK types the envelope without its keys.
  const { [CLIENT_CAPABILITIES_META_KEY]: capabilities } = (envelope ?? {}) as {
    [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities
  }
  const elicitation = capabilities?.elicitation
  // Without modes, the capability means forms.
  if (!elicitation || (elicitation.url !== undefined && elicitation.form === undefined))
    return 'and cannot be asked: the client must declare the capability "elicitation" with forms.'
  return undefined
}

/** @throws AppError for a state that is not from `toResult` */
function earlierAnswers(state: unknown): Record<string, unknown> {
  if (state === undefined) return {}
  try {
    const answers: unknown = JSON.parse(String(state))
    if (isObject(answers)) return answers
  } catch {
    // Not JSON: rejected below like any other invalid state.
  }
  throw new AppError('invalid_arguments', 'Invalid requestState; call again without it.')
}
