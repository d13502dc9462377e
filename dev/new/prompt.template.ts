import type { Template } from './templates.ts'

export const prompt: Template = {
  files: ({ snake, kebab, title }) => ({
    [`src/prompts/${kebab}.prompt.ts`]: `import { z } from 'zod'
import { definePrompt } from '../mcp/define/define-prompt.ts'

export default definePrompt({
  name: '${snake}',
  title: '${title}',
  description: 'Says what a person gets when they choose this prompt.',
  scope: 'documents:read',
  args: z.object({
    topic: z.string().trim().min(1, 'must not be empty').max(100).describe('What it is about'),
  }),
  async run({ topic }) {
    return [{ text: \`Explain \${topic} to somebody who is new to it.\` }]
  },
})
`,
    [`test/e2e/${kebab}.test.ts`]: `import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { postModern } from '../support/raw.ts'
import { startStack } from '../support/stack.ts'

describe('${snake}', () => {
  it('hands the topic to the model', async () => {
    const { server } = await startStack()
    const params = { name: '${snake}', arguments: { topic: 'burn rates' } }
    const { message } = await postModern(server.mcpUrl, 'prompts/get', params)
    assert.match(message.result.messages[0].content.text, /burn rates/)
  })
})
`,
  }),
  next: ({ kebab }) => `Change src/prompts/${kebab}.prompt.ts, then: npm run check && npm test`,
}
