import type { z } from 'zod'
import type { Caller } from '../../auth/caller.ts'
import type { Services } from '../../domain.ts'

/** Context of a tool's `run`. */
export interface ToolContext {
  readonly services: Services
  /** Aborted on cancellation, disconnect or timeout: pass it to every asynchronous operation. */
  readonly signal: AbortSignal
  /** Sends a progress notification, if the caller requested it. */
  readonly progress: (done: number, total?: number, message?: string) => Promise<void>
  readonly caller: Caller
}

export interface CachePolicy<Output> {
  readonly ttlSeconds: number
  /** `public` shares a result between all callers, `caller` keeps one per caller. */
  readonly share: 'public' | 'caller'
  /** Cache tag: `resourcesChanged` invalidates all results from `resources`. */
  readonly from?: 'resources'
  /** Returns true for results that must not be cached, such as partial ones. */
  readonly unless?: (output: Output) => boolean
}

export interface ToolOptions<Input extends z.ZodObject, Output extends z.ZodObject> {
  /** Unique name: 1 to 128 letters, digits, `_`, `-` and `.`. */
  readonly name: string
  readonly title: string
  /** For the model: what the tool does and when to use it. */
  readonly description: string
  /** `read` changes nothing; `write` adds or changes; `destroy` removes. Becomes the tool's annotations. */
  readonly effect: 'read' | 'write' | 'destroy'
  /** A repeated call with the same arguments has no further effect. Implied by `read`. */
  readonly idempotent?: boolean
  /** Accesses external systems. */
  readonly openWorld?: boolean
  /** Required scope. */
  readonly scope: string
  /** The call fails with `timeout` after this time, even if `run` ignores its signal. */
  readonly timeoutMs: number
  readonly cache?: CachePolicy<z.output<Output>>
  /** Arguments whose values are logged. All others are logged by name only. */
  readonly logged?: readonly (keyof z.output<Input> & string)[]
  readonly input: Input
  readonly output: Output
  run(args: z.output<Input>, context: ToolContext): Promise<z.output<Output>>
}

declare const defined: unique symbol

/** A tool with erased argument types; created by {@link defineTool} only. */
export interface Tool extends Omit<ToolOptions<z.ZodObject, z.ZodObject>, 'run' | 'cache' | 'logged'> {
  readonly [defined]?: never
  readonly kind: 'tool'
  readonly cache?: CachePolicy<unknown>
  readonly logged?: readonly string[]
  run(args: unknown, context: ToolContext): Promise<unknown>
}

/**
 * Defines a tool, as the default export of a `*.tool.ts` file in `src/tools`. The pipeline adds validation,
 * authorization, timeout, caching, error mapping and telemetry.
 * @throws Error at start for an invalid definition
 */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  options: ToolOptions<Input, Output>,
): Tool {
  // The format that the specification recommends (2025-11-25, server/tools, "Tool Names").
  if (!/^[A-Za-z0-9_.-]{1,128}$/.test(options.name)) {
    throw new Error(`Invalid tool name "${options.name}": use 1-128 letters, digits, _, - or .`)
  }
  if (options.cache && options.effect !== 'read')
    throw new Error(`Tool ${options.name} has side effects: remove \`cache\` or set its effect to "read".`)
  return { ...options, kind: 'tool' } as unknown as Tool
}
