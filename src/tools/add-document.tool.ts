import { createHash } from 'node:crypto'
import { z } from 'zod'
import { slug } from '../documents/document-id.ts'
import { defineTool } from '../mcp/define/define-tool.ts'
import { text } from '../mcp/define/text.ts'

export default defineTool({
  name: 'add_document',
  title: 'Add a document',
  description:
    'Adds a Markdown document, which "search" and "fetch" find at once. Adding the same document again changes nothing, ' +
    'so a call whose outcome is unknown can be repeated safely.',
  effect: 'write',
  idempotent: true,
  scopes: ['documents:write'],
  timeoutMs: 10_000,
  input: z.object({
    title: text({ max: 300, trim: true }),
    text: text({ max: 200_000 }).describe('Markdown'),
    tags: z
      .array(text({ max: 50, trim: true }))
      .max(20, 'must be at most 20')
      .default([]),
  }),
  output: z.object({
    id: z.string(),
    url: z.string(),
    created: z.boolean().describe('false if the same document already existed'),
  }),
  async run({ title, text, tags }, { services, signal, caller }) {
    // The id is derived from the content, so that repeating a call creates no second copy.
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([title, text, tags]))
      .digest('hex')
      .slice(0, 12)
    const id = [slug(title), fingerprint].filter((part) => part !== '').join('-')
    const { created, url } = await services.documents.add(
      { id, title, text, tags, source: 'add_document' },
      { signal, addedBy: caller.id },
    )
    return { id, url, created }
  },
})
