import type { z } from 'zod'
import type { Caller } from '../../auth/caller.ts'
import type { Services } from '../../domain.ts'

/** What a tool's `run` is given besides its arguments. */
export interface ToolContext {
  readonly services: Services
  /** Aborted when the caller goes away or the tool's time is up: hand it to everything that waits. */
  readonly signal: AbortSignal
  /** Tells a caller who asked for it how far the work is. */
  readonly progress: (done: number, total?: number, message?: string) => Promise<void>
  readonly caller: Caller
}

export interface CachePolicy<Output> {
  readonly ttlSeconds: number
  /** Who may be given an answer that was computed for somebody else: everybody, or nobody. */
  readonly share: 'public' | 'caller'
  /** What the answer was made from; `resourcesChanged` drops all answers made from `resources`. */
  readonly from?: 'resources'
  /** Keeps answers out that are not worth keeping, such as partial ones. */
  readonly unless?: (output: Output) => boolean
}

export interface ToolOptions<Input extends z.ZodObject, Output extends z.ZodObject> {
  /** What clients call it by: letters, digits, `_`, `-` and `.`. Unique. */
  readonly name: string
  readonly title: string
  /** Tells a model what the tool does, and when to use it. */
  readonly description: string
  /** `read` changes nothing; `write` adds or changes; `destroy` removes. Becomes the tool's annotations. */
  readonly effect: 'read' | 'write' | 'destroy'
  /** Calling it again with the same arguments changes nothing more. Implied by `read`. */
  readonly idempotent?: boolean
  /** It reaches beyond this server's own data. */
  readonly openWorld?: boolean
  /** The scope a caller needs. */
  readonly scope: string
  /** After this long the caller gets a `timeout` error, whatever `run` does. */
  readonly timeoutMs: number
  readonly cache?: CachePolicy<z.output<Output>>
  /** Arguments that may appear in logs. All others are logged by name only. */
  readonly logged?: readonly (keyof z.output<Input> & string)[]
  readonly input: Input
  readonly output: Output
  run(args: z.output<Input>, context: ToolContext): Promise<z.output<Output>>
}

declare const defined: unique symbol

/** A tool as the server handles it, whatever its arguments: made by {@link defineTool} only. */
export interface Tool extends Omit<ToolOptions<z.ZodObject, z.ZodObject>, 'run' | 'cache' | 'logged'> {
  readonly [defined]?: never
  readonly kind: 'tool'
  readonly cache?: CachePolicy<unknown>
  readonly logged?: readonly string[]
  run(args: unknown, context: ToolContext): Promise<unknown>
}

/**
 * Defines a tool. As the default export of a `*.tool.ts` file in `src/tools` it is all that a tool needs:
 * validation, authorization, timeout, caching, error mapping and the call's signals come with it.
 * @throws Error at start if the definition can't work
 */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  options: ToolOptions<Input, Output>,
): Tool {
  // The names the specification recommends (2025-11-25, server/tools, "Tool Names").
  if (!/^[A-Za-z0-9_.-]{1,128}$/.test(options.name)) {
    throw new Error(`A tool's name has 1 to 128 letters, digits, "_", "-" or "."; "${options.name}" has not.`)
  }
  if (options.cache && options.effect !== 'read')
    throw new Error(`Tool ${options.name} changes something, so its answers can't be cached.`)
  return { ...options, kind: 'tool' } as unknown as Tool
}
