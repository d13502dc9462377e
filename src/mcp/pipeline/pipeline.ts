import type { z } from 'zod'
import type { MessageRecord } from '../../telemetry/observer.ts'
import type { CachePolicy, ToolContext } from '../define/define-tool.ts'

/** What the stages of the pipeline know about a call besides what the tool is given. */
export interface CallContext extends ToolContext {
  readonly record: MessageRecord
}

/** What the pipeline runs: a tool, or the work behind a prompt, a resource or a completion. */
export interface Operation {
  /** For messages to callers. */
  readonly name: string
  /** The scope a caller needs. A list needs none: it shows only what the caller may use. */
  readonly scope?: string
  readonly timeoutMs: number
  /** Left out where the SDK validates: then arguments are not recorded either. */
  readonly input?: z.ZodObject
  readonly output?: z.ZodObject
  readonly cache?: CachePolicy<unknown>
  readonly logged?: readonly string[]
  run(args: unknown, context: ToolContext): Promise<unknown>
}

export type OperationCall = (args: unknown, context: CallContext) => Promise<unknown>

/** A stage: takes an operation and the rest of the way, returns the way through itself. */
export type Stage = (operation: Operation, next: OperationCall) => OperationCall

/** Composes an operation's way through the stages, outermost first. Done once at start, never per call. */
export function composeCall(stages: readonly Stage[], operation: Operation): OperationCall {
  return stages.reduceRight<OperationCall>(
    (next, stage) => stage(operation, next),
    operation.run.bind(operation),
  )
}
