import { z } from 'zod'
import { defineTool } from '../../../src/mcp/define/define-tool.ts'
import { text } from '../../../src/mcp/define/text.ts'

export default defineTool({
  name: 'example_name',
  title: 'Example name',
  description: 'One or two sentences: the effect, when a model should call it, and the result.',
  effect: 'read',
  scopes: ['data:read'],
  input: z.object({ text: text({ max: 1000, trim: true }).describe('Text whose words are counted') }),
  output: z.object({ words: z.int() }),
  async run({ text }) {
    return { words: text.split(/\s+/).length }
  },
})
