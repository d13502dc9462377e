import { z } from 'zod'
import { definePrompt } from '../../../src/mcp/define/define-prompt.ts'

export default definePrompt({
  name: 'example_name',
  title: 'Example name',
  description: 'Says what a person gets when they choose this prompt.',
  scope: 'data:read',
  args: z.object({
    topic: z.string().trim().min(1, 'must not be empty').max(100).describe('What it is about'),
  }),
  async run({ topic }) {
    return [{ text: `Explain ${topic} to a newcomer.` }]
  },
})
