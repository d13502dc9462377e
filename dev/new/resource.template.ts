import type { Template } from './templates.ts'

export const resource: Template = {
  files: ({ snake, kebab, title }) => ({
    [`src/resources/${kebab}.resource.ts`]: `import { defineResource } from '../mcp/define/define-resource.ts'

const texts: ReadonlyMap<string, string> = new Map([['first', 'The first one.']])

export default defineResource({
  name: '${snake}',
  title: '${title}',
  description: 'Says what these resources hold.',
  mimeType: 'text/plain',
  uriTemplate: '${kebab}://{id}',
  scope: 'documents:read',
  ttlSeconds: 60,
  async list() {
    return { resources: [...texts.keys()].map((id) => ({ uri: \`${kebab}://\${id}\`, name: id })) }
  },
  async read({ id }) {
    return texts.get(id)
  },
  complete: {
    id: async (value) => [...texts.keys()].filter((id) => id.startsWith(value)),
  },
})
`,
    [`test/e2e/${kebab}.test.ts`]: `import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { postModern } from '../support/raw.ts'
import { startStack } from '../support/stack.ts'

describe('${kebab}://{id}', () => {
  it('reads one, and knows none of another id', async () => {
    const { server } = await startStack()
    const read = (uri: string) => postModern(server.mcpUrl, 'resources/read', { uri })
    assert.equal((await read('${kebab}://first')).message.result.contents[0].text, 'The first one.')
    assert.equal((await read('${kebab}://other')).message.error.code, -32602)
  })
})
`,
  }),
  next: ({ kebab }) => `Change src/resources/${kebab}.resource.ts, then: npm run check && npm test`,
}
