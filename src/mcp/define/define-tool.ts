import type { Icon } from '@modelcontextprotocol/server'
import type { z } from 'zod'
import type { Caller, RequiredScopes } from '../../auth/caller.ts'
import type { Services } from '../../domain.ts'
import type { CallLog } from '../../telemetry/log/call-log.ts'
import type { CallSpan } from '../../telemetry/trace/call-span.ts'
import type { Elicit } from './elicitation.ts'
import type { CachedOf, OutputSchema, ResultOf } from './results.ts'

/** Context of a tool's `run`. */
export interface ToolContext {
  readonly services: Services
  /** Aborted on cancellation, disconnect or timeout: pass it to every asynchronous operation. */
  readonly signal: AbortSignal
  /** Sends a progress notification, if the caller requested it. */
  readonly progress: (done: number, total?: number, message?: string) => Promise<void>
  readonly log: CallLog
  readonly span: CallSpan
  readonly caller: Caller
  /** Asks the user for a confirmation or for missing values. */
  readonly elicit: Elicit
}

/** Context of a tool with a cache: its results must not depend on an answer of the user. */
export type CachedContext = Omit<ToolContext, 'elicit'>

/** Context of a tool whose results all callers share, so they must not depend on one. */
export type PublicContext = Omit<CachedContext, 'caller'>

type Share = 'public' | 'caller'
/** @typeParam S `never` without a cache */
type ContextOf<S extends Share> = [S] extends [never]
  ? ToolContext
  : S extends 'public'
    ? PublicContext
    : CachedContext

export interface CachePolicy<Output, S extends Share = Share> {
  readonly ttlSeconds: number
  /** `public` shares a result between all callers and hides the caller from `run`, `caller` keeps one per caller. */
  readonly share: S
  /** Cache tag: a change of resources invalidates all results from `resources`. */
  readonly from?: 'resources'
  /** Returns true for results that must not be cached, such as partial ones. */
  unless?(output: Output): boolean
}

export interface ToolOptions<Input extends z.ZodObject, Output extends OutputSchema, S extends Share> {
  /** Unique name: 1 to 128 letters, digits, `_`, `-` and `.`. */
  readonly name: string
  readonly title: string
  /** For the model: what the tool does and when to use it. */
  readonly description: string
  /** For clients that show tools to people. */
  readonly icons?: Icon[]
  /** `read` changes nothing; `write` adds or changes; `destroy` removes or replaces. Becomes the tool's annotations. */
  readonly effect: 'read' | 'write' | 'destroy'
  /** A repeated call with the same arguments has no further effect. Implied by `read`. */
  readonly idempotent?: boolean
  /** Returns text that callers or external systems wrote. Becomes an annotation, and marks the results. */
  readonly openWorld?: boolean
  /** Required scopes: the caller needs all of them. */
  readonly scopes: RequiredScopes
  /** The call fails with `timeout` after this time, even if `run` ignores its signal. Default: 5000. */
  readonly timeoutMs?: number
  readonly cache?: CachePolicy<CachedOf<Output>, S>
  /** Arguments whose values are logged. All others are logged by name only. */
  readonly logged?: readonly (keyof z.output<Input> & string)[]
  /** Rejects unknown arguments, unless it is a `z.looseObject` or has a `catchall`. */
  readonly input: Input
  /** Schema of structured results. Without it, results are text or other content. */
  readonly output?: Output
  run(args: z.output<Input>, context: ContextOf<S>): Promise<ResultOf<Output>>
}

/** Created by {@link defineTool} only. */
export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends OutputSchema = OutputSchema>
  extends Omit<ToolOptions<Input, Output, Share>, 'run' | 'cache' | 'logged'> {
  readonly kind: 'tool'
  readonly timeoutMs: number
  readonly cache?: CachePolicy<CachedOf<Output>>
  readonly logged?: readonly string[]
  run(args: z.output<Input>, context: ToolContext): Promise<ResultOf<Output>>
}

const defaultTimeoutMs = 5_000

/**
 * Defines a tool, as the default export of a `*.tool.ts` file in `src/tools`. The pipeline adds validation,
 * authorization, timeout, caching, error mapping and telemetry.
 * @throws Error at start for an invalid definition
 */
export function defineTool<
  Input extends z.ZodObject,
  Output extends OutputSchema = undefined,
  S extends Share = never,
>(options: ToolOptions<Input, Output, S>): Tool<Input, Output> {
  // The format that the specification recommends (2025-11-25, server/tools, "Tool Names").
  if (!/^[A-Za-z0-9_.-]{1,128}$/.test(options.name)) {
    throw new Error(`Invalid tool name "${options.name}": use 1-128 letters, digits, _, - or .`)
  }
  if (options.cache && options.effect !== 'read')
    throw new Error(`Tool ${options.name} has side effects: remove \`cache\` or set its effect to "read".`)
  if (options.output?.shape.structuredContent)
    throw new Error(`Tool ${options.name}: an output schema cannot have the field "structuredContent".`)
  const input = options.input.def.catchall === undefined ? options.input.strict() : options.input
  return { timeoutMs: defaultTimeoutMs, ...options, input, kind: 'tool' } as unknown as Tool<Input, Output>
}
