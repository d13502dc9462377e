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

/** What a tool has more than prompts and resources. */
type ToolAbilities = Pick<CallContext, 'progress' | 'elicit'>

const noAbilities: ToolAbilities = {
  progress: async () => undefined,
  elicit: async () => {
    throw new Error('only tools can ask the user')
  },
}

/** The context in which the pipeline runs a call. */
export function createCallContext(
  { services, caller, logger }: CallEnvironment,
  record: CallContext['record'],
  signal: AbortSignal,
  abilities: ToolAbilities = noAbilities,
): CallContext {
  return {
    services,
    caller,
    signal,
    ...abilities,
    record,
    log: createCallLog(logger, record),
    span: callSpan,
  }
}
