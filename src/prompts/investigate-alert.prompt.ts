import { z } from 'zod'
import { slug } from '../documents/document-id.ts'
import { AppError } from '../errors.ts'
import { definePrompt, type PromptContext } from '../mcp/define/define-prompt.ts'

const idPrefix = 'runbooks.'
/** The list of all alerts. */
const listId = 'runbooks.alerts'

export default definePrompt({
  name: 'investigate_alert',
  title: 'Investigate an alert',
  description: 'Hands an alert of this server to the model together with its runbook.',
  scopes: ['documents:read'],
  args: z.object({
    alert: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(100, 'must have at most 100 characters')
      .describe('Name of the alert, such as HighErrorRate'),
  }),
  complete: {
    alert: async (value, context) =>
      (await alertNames(context)).filter((name) => name.toLowerCase().startsWith(value.toLowerCase())),
  },
  async run({ alert }, context) {
    const id = idPrefix + slug(alert.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-'))
    const runbook = await context.services.documents.get(id, { signal: context.signal })
    if (runbook === undefined) {
      throw new AppError(
        'not_found',
        `No runbook for this alert. Alerts with a runbook: ${(await alertNames(context)).join(', ')}.`,
      )
    }
    const document = { uri: `document://${id}`, mimeType: 'text/markdown', text: runbook.text }
    return [
      { role: 'user', content: { type: 'text', text: taskFor(alert) } },
      { role: 'user', content: { type: 'resource', resource: document } },
    ]
  },
})

const taskFor = (alert: string): string =>
  `The alert ${alert} is firing. Follow its runbook, attached. First find out whether this server or a dependency ` +
  'is the cause, and say which evidence shows it. Then propose the mitigation with the least risk, how to verify ' +
  'that it worked, and what to watch afterwards. Ask for the output of a query rather than guessing it. "search" and ' +
  '"fetch" find further documents.'

/** Derives alert names from runbook files: `high-error-rate` belongs to HighErrorRate. */
async function alertNames({ services, signal }: PromptContext): Promise<string[]> {
  const ids = await services.documents.idsStartingWith(idPrefix, 100, { signal })
  return ids
    .filter((id) => id !== listId)
    .map((id) =>
      id
        .slice(idPrefix.length)
        .split('-')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join(''),
    )
}
