import { z } from 'zod'
import type { Tool } from './define-tool.ts'

/** What people are shown of a tool, and what a form for it is made from. */
export interface ToolDescription {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly effect: Tool['effect']
  /** JSON Schema of the arguments, as clients are shown it by `tools/list`. */
  readonly inputSchema: Readonly<Record<string, unknown>>
}

export function describeTool({ name, title, description, effect, input }: Tool): ToolDescription {
  return { name, title, description, effect, inputSchema: z.toJSONSchema(input, { io: 'input' }) }
}
