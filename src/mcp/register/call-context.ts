import type { Caller } from '../../auth/caller.ts'
import type { Services } from '../../domain.ts'
import { createCallLog } from '../../telemetry/log/call-log.ts'
import type { Logger } from '../../telemetry/log/logger.ts'
import { callSpan } from '../../telemetry/trace/call-span.ts'
import type { CallContext } from '../pipeline/pipeline.ts'

export interface CallEnvironment {
  readonly services: Services
  readonly caller: Caller
  readonly logger: Logger
}

/** The part of the context that only tools have. */
const onlyForTools: Pick<CallContext, 'progress' | 'elicit'> = {
  progress: async () => undefined,
  elicit: () => Promise.reject(new Error('only tools can ask the user')),
}

/** The context in which the pipeline runs a call. */
export function createCallContext(
  { services, caller, logger }: CallEnvironment,
  record: CallContext['record'],
  signal: AbortSignal,
  ofTool = onlyForTools,
): CallContext {
  return { services, caller, signal, ...ofTool, record, log: createCallLog(logger, record), span: callSpan }
}
