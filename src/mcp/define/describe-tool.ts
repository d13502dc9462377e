import { z } from 'zod'
import type { Tool } from './define-tool.ts'

/** For the page at `/`; the JSON Schema is that of the arguments, as in `tools/list`. */
export function describeTool({ name, title, description, effect, input }: Tool) {
  return { name, title, description, effect, inputSchema: z.toJSONSchema(input, { io: 'input' }) }
}
