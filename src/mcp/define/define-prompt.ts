import type { PromptMessage } from '@modelcontextprotocol/server'
import type { z } from 'zod'
import type { RequiredScopes } from '../../auth/caller.ts'
import type { ToolContext } from './define-tool.ts'

export type PromptContext = Omit<ToolContext, 'progress' | 'elicit'>

/** A user message of text, or messages of user and assistant with content of any kind, in the SDK's types. */
export type PromptResult = string | readonly PromptMessage[]

type Complete = (value: string, context: PromptContext) => Promise<readonly string[]>

export interface PromptOptions<Args extends z.ZodObject> {
  readonly name: string
  readonly title: string
  readonly description: string
  /** Required scopes: the caller needs all of them. */
  readonly scopes: RequiredScopes
  readonly args: Args
  /** Completes a partially typed argument. */
  readonly complete?: { readonly [Name in keyof z.output<Args>]?: Complete }
  run(args: z.output<Args>, context: PromptContext): Promise<PromptResult>
}

export interface Prompt extends Omit<PromptOptions<z.ZodObject>, 'run' | 'complete'> {
  readonly kind: 'prompt'
  readonly complete?: Readonly<Record<string, Complete>>
  run(args: unknown, context: PromptContext): Promise<PromptResult>
}

/** Defines a prompt, as the default export of a `*.prompt.ts` file in `src/prompts`. */
export function definePrompt<Args extends z.ZodObject>(options: PromptOptions<Args>): Prompt {
  return { ...options, kind: 'prompt' } as unknown as Prompt
}
