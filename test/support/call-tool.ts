import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ElicitResult,
  type InputRequiredResult,
} from '@modelcontextprotocol/server'
import type { z } from 'zod'
import { anonymous, type Caller } from '../../src/auth/caller.ts'
import type { Services } from '../../src/domain.ts'
import type { Tool } from '../../src/mcp/define/define-tool.ts'
import type { OutputSchema } from '../../src/mcp/define/results.ts'
import { InputRequired } from '../../src/mcp/pipeline/input-required.ts'
import { composeCall } from '../../src/mcp/pipeline/pipeline.ts'
import { pipelineStages } from '../../src/mcp/pipeline/stages.ts'
import { createCallContext } from '../../src/mcp/register/call-context.ts'
import { createElicit } from '../../src/mcp/register/elicit.ts'
import { type ToolResult, toolOperation } from '../../src/mcp/register/tool-operation.ts'
import { toCallToolResult } from '../../src/mcp/register/tool-result.ts'
import type { Cache } from '../../src/redis/cache.ts'
import type { Logger } from '../../src/telemetry/log/logger.ts'
import { createObserver, type EndedRecord } from '../../src/telemetry/observer.ts'
import { silentLogger } from './logger.ts'
import { arrivedMessage } from './telemetry-fixtures.ts'

export interface CallOptions {
  /** The services, and of each the methods, that the tool uses. */
  readonly services?: { readonly [Name in keyof Services]?: Partial<Services[Name]> }
  /** By default one with every scope. */
  readonly caller?: Caller
  readonly signal?: AbortSignal
  /** Receives the lines of `log`. */
  readonly logger?: Logger
  readonly progress?: (done: number, total?: number, message?: string) => Promise<void>
  /** Answers the tool's questions as the user; without it, the client does not support elicitation. */
  readonly answer?: (message: string) => ElicitResult
}

export interface CalledTool<Output extends OutputSchema> {
  /** The output, of a tool with an output schema. */
  readonly result: Output extends z.ZodObject ? z.output<Output> : undefined
  /** The result that the client receives. */
  readonly response: CallToolResult
  /** From which log line, metrics and span are made; of the last request, if the tool asked something. */
  readonly record: EndedRecord
}

/** As the official client. */
const maxRounds = 10

const missingCache: Cache = {
  get: async () => ({ result: 'miss', generation: '0' }),
  set: async () => undefined,
  invalidate: async () => undefined,
}

/**
 * Calls a tool through the server's pipeline, without network, database and cache.
 * @throws AppError of the tool or of a stage
 */
export async function callTool<Input extends z.ZodObject, Output extends OutputSchema>(
  tool: Tool<Input, Output>,
  args: z.input<Input>,
  { services = {}, caller = anonymous, logger = silentLogger, signal, progress, answer }: CallOptions = {},
): Promise<CalledTool<Output>> {
  const call = composeCall(pipelineStages(missingCache), toolOperation(tool as Tool))
  const environment = { services: services as Services, caller, logger }
  const neverAborted = new AbortController().signal
  const capabilities = { [CLIENT_CAPABILITIES_META_KEY]: answer ? { elicitation: {} } : {} }
  const observer = createObserver([])

  /** One request; a question leads to the next one, as from the official clients. */
  async function request(answers: Pick<InputRequiredResult, 'requestState'> & { inputResponses?: object }) {
    const record = observer.start(arrivedMessage({ target: tool.name, caller: caller.id }))
    const context = createCallContext(environment, record, signal ?? neverAborted, {
      progress: progress ?? (async () => undefined),
      elicit: createElicit(record, args, {
        envelope: capabilities as object,
        inputResponses: { ...answers.inputResponses },
        requestState: <T>() => answers.requestState as T | undefined,
      }),
    })
    try {
      const output = (await observer.run(record, () => call(args, context))) as ToolResult
      return { output, record: record as EndedRecord }
    } catch (thrown) {
      if (!(thrown instanceof InputRequired) || !answer) throw thrown
      return { questions: thrown.toResult() }
    } finally {
      observer.end(record)
    }
  }

  let latest = await request({})
  for (let round = 1; latest.questions; round++) {
    if (round > maxRounds) throw new Error(`${tool.name} still asks after ${maxRounds} rounds`)
    const { inputRequests = {}, requestState } = latest.questions
    const inputResponses = Object.fromEntries(
      Object.entries(inputRequests).map(([key, { params }]) => [
        key,
        answer?.((params as { message: string }).message),
      ]),
    )
    latest = await request({ inputResponses, ...(requestState !== undefined && { requestState }) })
  }
  const { output, record } = latest
  return {
    result: output.structuredContent as CalledTool<Output>['result'],
    response: toCallToolResult(output, tool.openWorld === true).result,
    record,
  }
}
