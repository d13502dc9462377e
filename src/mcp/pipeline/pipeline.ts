import type { MessageRecord } from '../../telemetry/observer.ts'
import type { Tool, ToolContext } from '../define/define-tool.ts'

/** What the stages of the pipeline know about a call besides what the tool is given. */
export interface CallContext extends ToolContext {
  readonly record: MessageRecord
}

export type ToolCall = (args: unknown, context: CallContext) => Promise<unknown>

/** A stage: it is given the tool and the rest of the way, and gives back the way through itself. */
export type Stage = (tool: Tool, next: ToolCall) => ToolCall

/** Composes a tool's way through the stages, outermost first. Done once a tool at start, never per call. */
export function composeCall(stages: readonly Stage[], tool: Tool): ToolCall {
  return stages.reduceRight<ToolCall>(
    (next, stage) => stage(tool, next),
    (args, context) => tool.run(args, context),
  )
}
