import { z } from 'zod'
import { definePrompt } from '../../../src/mcp/define/define-prompt.ts'

export default definePrompt({
  name: 'example_name',
  title: 'Example name',
  description: 'One sentence for the user on the result of this prompt.',
  scopes: ['data:read'],
  args: z.object({
    topic: z.string().trim().min(1, 'must not be empty').max(100).describe('Topic of the explanation'),
  }),
  async run({ topic }) {
    return `Explain ${topic} to a newcomer.`
  },
})
