import type { z } from 'zod'
import { anonymous, type Caller } from '../../src/auth/caller.ts'
import type { Services } from '../../src/domain.ts'
import type { Tool } from '../../src/mcp/define/define-tool.ts'
import { composeCall } from '../../src/mcp/pipeline/pipeline.ts'
import { pipelineStages } from '../../src/mcp/pipeline/stages.ts'
import { createCallContext } from '../../src/mcp/register/call-context.ts'
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
}

export interface CalledTool<Output> {
  readonly result: Output
  /** From which log line, metrics and span are made. */
  readonly record: EndedRecord
}

const missingCache: Cache = {
  get: async () => ({ result: 'miss', generation: '0' }),
  set: async () => undefined,
  invalidate: async () => undefined,
}

/**
 * Calls a tool through the server's pipeline, without network, database and cache.
 * @throws AppError of the tool or of a stage
 */
export async function callTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
  args: z.input<Input>,
  { services = {}, caller = anonymous, logger = silentLogger, signal, progress }: CallOptions = {},
): Promise<CalledTool<z.output<Output>>> {
  const observer = createObserver([])
  const record = observer.start(arrivedMessage({ target: tool.name, caller: caller.id }))
  const environment = { services: services as Services, caller, logger }
  const neverAborted = new AbortController().signal
  const context = createCallContext(environment, record, signal ?? neverAborted, progress)
  try {
    const call = composeCall(pipelineStages(missingCache), tool)
    const result = (await observer.run(record, () => call(args, context))) as z.output<Output>
    return { result, record: record as EndedRecord }
  } finally {
    observer.end(record)
  }
}
