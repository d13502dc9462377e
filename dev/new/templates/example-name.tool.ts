import { z } from 'zod'
import { defineTool } from '../../../src/mcp/define/define-tool.ts'
import { Query } from '../../../src/tools/schemas.ts'

export default defineTool({
  name: 'example_name',
  title: 'Example name',
  description: 'One or two sentences: the effect, when a model should call it, and the result.',
  effect: 'read',
  scope: 'data:read',
  timeoutMs: 5_000,
  input: z.object({ text: Query }),
  output: z.object({ words: z.int() }),
  async run({ text }) {
    return { words: text.split(/\s+/).length }
  },
})
