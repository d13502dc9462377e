import { completable, type McpServer, type StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Services } from '../services/services.ts'
import type { Prompt, PromptPart } from './define-prompt.ts'
import type { OpenRecords } from './observe-messages.ts'
import { completionTimeoutMs, withProtocolErrors } from './protocol-error.ts'

interface Dependencies {
  readonly services: Services
  readonly records: OpenRecords
}

export function registerPrompt(mcp: McpServer, prompt: Prompt, { services, records }: Dependencies): void {
  const { name, title, description } = prompt
  mcp.registerPrompt(
    name,
    { title, description, argsSchema: completableArgs(prompt, services) },
    (args, { mcpReq }) =>
      withProtocolErrors(records.get(mcpReq.id), async () => {
        const parts = await prompt.run(args, { services, signal: mcpReq.signal })
        return { messages: parts.map((part) => ({ role: 'user' as const, content: toContent(part) })) }
      }),
  )
}

/** The prompt's arguments, each with its suggestions attached in the way the SDK looks for them. */
function completableArgs({ args, complete = {} }: Prompt, services: Services): StandardSchemaWithJSON {
  const fields = Object.entries(args.shape).map(([name, field]) => {
    const suggest = complete[name]
    if (suggest === undefined) return [name, field]
    const suggested = (value: unknown) =>
      withProtocolErrors(undefined, async () => [
        ...(await suggest(String(value), { services, signal: AbortSignal.timeout(completionTimeoutMs) })),
      ])
    return [name, completable((field as z.ZodString).clone(), suggested)]
  })
  return z.object(Object.fromEntries(fields)) as unknown as StandardSchemaWithJSON
}

function toContent(part: PromptPart) {
  return 'text' in part
    ? { type: 'text' as const, text: part.text }
    : { type: 'resource' as const, resource: { ...part.document } }
}
