import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/server'
import type { z } from 'zod'

/** Metadata for the client, by names with a prefix of your own. */
type Meta = Pick<CallToolResult, '_meta'>

/** Result of a tool without output schema: content, in the SDK's types, each with `annotations` and `_meta`. */
export interface ContentResult extends Meta {
  readonly content: readonly ContentBlock[]
}

/** Output of a tool with further content or metadata. The content follows the output's JSON text. */
export interface StructuredResult<Output> extends Meta {
  readonly structuredContent: Output
  readonly content?: readonly ContentBlock[]
}

export type OutputSchema = z.ZodObject | undefined

/** Return type of `run`: its output if there is an output schema, otherwise text or content. */
export type ResultOf<Output extends OutputSchema> = Output extends z.ZodObject
  ? z.output<Output> | StructuredResult<z.output<Output>>
  : string | readonly ContentBlock[] | ContentResult

/** Argument of the cache policy's `unless`. */
export type CachedOf<Output extends OutputSchema> = Output extends z.ZodObject
  ? z.output<Output>
  : ContentResult
