import { defineResource } from '../../../src/mcp/define/define-resource.ts'

const texts: ReadonlyMap<string, string> = new Map([['first', 'The first one.']])

export default defineResource({
  name: 'example_name',
  title: 'Example name',
  description: 'One sentence on the content of these resources.',
  mimeType: 'text/plain',
  uriTemplate: 'example-name://{id}',
  scopes: ['data:read'],
  ttlSeconds: 60,
  async list() {
    return { resources: [...texts.keys()].map((id) => ({ uri: `example-name://${id}`, name: id })) }
  },
  async read({ id }) {
    return texts.get(id)
  },
  complete: {
    id: async (value) => [...texts.keys()].filter((id) => id.startsWith(value)),
  },
})
