import type { Template } from './templates.ts'

export const tool: Template = {
  files: ({ snake, kebab, title }) => ({
    [`src/tools/${kebab}.tool.ts`]: `import { z } from 'zod'
import { defineTool } from '../mcp/define/define-tool.ts'
import { Query } from './schemas.ts'

export default defineTool({
  name: '${snake}',
  title: '${title}',
  description: 'Says in a sentence or two what it does, when a model should call it, and what comes back.',
  effect: 'read',
  scope: 'documents:read',
  timeoutMs: 5_000,
  input: z.object({ text: Query }),
  output: z.object({ words: z.int() }),
  async run({ text }) {
    return { words: text.split(/\\s+/).length }
  },
})
`,
    [`test/e2e/${kebab}.test.ts`]: `import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { postLegacy, postModern } from '../support/raw.ts'
import { scrape } from '../support/scrape.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await startStack()
})

describe('${snake}', () => {
  for (const [era, post] of Object.entries({ modern: postModern, legacy: postLegacy })) {
    it(\`counts words (\${era})\`, async () => {
      const params = { name: '${snake}', arguments: { text: 'one two  three' } }
      const { message } = await post(stack.server.mcpUrl, 'tools/call', params)
      assert.deepEqual(message.result.structuredContent, { words: 3 })
    })
  }

  it('is counted and timed', async () => {
    const { sum } = await scrape(stack.server.url)
    assert.equal(sum('mcp_tool_calls_total', { tool_name: '${snake}', status: 'success' }), 2)
    assert.equal(sum('mcp_tool_latency_seconds_count', { tool_name: '${snake}' }), 2)
  })
})
`,
  }),
  next: ({ snake, kebab }) =>
    `Change description, schemas and run in src/tools/${kebab}.tool.ts, then: npm run check && npm test
${snake} shows up in clients, on the page and in the dashboards by itself. More: docs/guides/add-a-tool.md`,
}
