import { hash } from 'node:crypto'
import { z } from 'zod'
import { slug } from '../documents/document-id.ts'
import { AppError } from '../errors.ts'
import { defineTool } from '../mcp/define/define-tool.ts'
import { text } from '../mcp/define/text.ts'

export default defineTool({
  name: 'add_document',
  title: 'Add a document',
  description:
    'Adds a Markdown document, which "search" and "fetch" find at once. Adding the same document again changes nothing, ' +
    'so a call whose outcome is unknown can be repeated safely. With the id of a document that the caller added, ' +
    'asks the user whether to replace that document.',
  effect: 'destroy',
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
    id: z
      .string()
      // Without dots, so that no added document takes the place of an ingested one in a folder, such as a runbook.
      .regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'must have 1 to 100 lower-case letters, digits and hyphens')
      .optional()
      .describe('Id to store the document under; by default made from title and content'),
  }),
  output: z.object({
    id: z.string(),
    url: z.string(),
    created: z
      .boolean()
      .describe('false if the same document already existed, or if another one was replaced'),
    replaced: z.boolean().describe('true if the user let it replace the document that had this id'),
  }),
  async run({ title, text, tags, id: givenId }, { services, signal, caller, elicit }) {
    const id = givenId ?? contentId(title, text, tags)
    const add = (replaces?: string) =>
      services.documents.add(
        { id, title, text, tags, source: 'add_document' },
        { signal, addedBy: caller.id, ...(replaces !== undefined && { replaces }) },
      )
    let addition = await add()
    if (addition.holder?.isOwn) {
      const { title, updatedAt, version } = addition.holder
      const { action } = await elicit({
        message: `Replace the document "${title}" (${id}), last changed ${updatedAt.toISOString()}?`,
      })
      if (action !== 'accept')
        throw new AppError(
          'conflict',
          `The user did not agree to replace ${id}. Choose another id, or omit it.`,
        )
      addition = await add(version)
    }
    if (addition.outcome === 'taken')
      throw new AppError('conflict', `Another document has the id ${id}. Choose another id, or omit it.`)
    return {
      id,
      url: addition.url,
      created: addition.outcome === 'created',
      replaced: addition.outcome === 'replaced',
    }
  },
})

/** Derived from the content, so that repeating a call creates no second copy. */
function contentId(title: string, text: string, tags: readonly string[]): string {
  const fingerprint = hash('sha256', JSON.stringify([title, text, tags])).slice(0, 12)
  return [slug(title), fingerprint].filter((part) => part !== '').join('-')
}
