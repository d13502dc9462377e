import { z } from 'zod'
import { defineTool } from '../mcp/define/define-tool.ts'
import { Query, SearchResult } from './schemas.ts'

export default defineTool({
  name: 'search',
  title: 'Search the documents',
  description:
    'Full-text search over the documents of this server. Returns the best matches with id, title, url and a snippet; ' +
    'read a whole document with "fetch". Understands "quoted phrases", OR and -excluded words.',
  effect: 'read',
  scope: 'documents:read',
  timeoutMs: 5_000,
  cache: { ttlSeconds: 60, share: 'public', from: 'resources' },
  input: z.object({ query: Query }),
  output: z.object({ results: z.array(SearchResult) }),
  async run({ query }, { services, signal }) {
    return { results: await services.documents.search(query, { signal }) }
  },
})
