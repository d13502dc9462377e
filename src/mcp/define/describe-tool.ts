import { z } from 'zod'
import type { Tool } from './define-tool.ts'

/** A tool's description for the page at `/`. */
export interface ToolDescription {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly effect: Tool['effect']
  /** JSON Schema of the arguments, as in `tools/list`. */
  readonly inputSchema: Readonly<Record<string, unknown>>
}

export function describeTool({ name, title, description, effect, input }: Tool): ToolDescription {
  return { name, title, description, effect, inputSchema: z.toJSONSchema(input, { io: 'input' }) }
}
