import type { z } from 'zod'
import type { RequiredScopes } from '../../auth/caller.ts'
import type { MessageRecord } from '../../telemetry/observer.ts'
import type { CachePolicy, ToolContext } from '../define/define-tool.ts'

/** Context of the pipeline's stages. */
export interface CallContext extends ToolContext {
  readonly record: MessageRecord
}

/** A unit of work for the pipeline: a tool, prompt, resource or completion. */
export interface Operation {
  /** For messages to callers. */
  readonly name: string
  /** Required scopes. Lists have none, because they show only entries that the caller may use. */
  readonly scopes?: RequiredScopes
  readonly timeoutMs: number
  /** Omitted if the SDK validates; then arguments are not recorded. */
  readonly input?: z.ZodObject
  readonly output?: z.ZodObject | undefined
  readonly cache?: CachePolicy<unknown>
  readonly logged?: readonly string[]
  run(args: unknown, context: ToolContext): Promise<unknown>
}

export type OperationCall = (args: unknown, context: CallContext) => Promise<unknown>

/** Middleware: wraps the next call of an operation. */
export type Stage = (operation: Operation, next: OperationCall) => OperationCall

/** Composes an operation with its stages, outermost first. Done once at start, not per call. */
export function composeCall(stages: readonly Stage[], operation: Operation): OperationCall {
  return stages.reduceRight<OperationCall>(
    (next, stage) => stage(operation, next),
    operation.run.bind(operation),
  )
}
