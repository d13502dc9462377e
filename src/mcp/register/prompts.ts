import { completable, type McpServer, type StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { isAllowed } from '../../auth/caller.ts'
import type { Prompt, PromptPart } from '../define/define-prompt.ts'
import { type HandlerDependencies, handled } from '../pipeline/handled.ts'

export function registerPrompt(mcp: McpServer, prompt: Prompt, dependencies: HandlerDependencies): void {
  const { services, caller, observer } = dependencies
  const { name, title, description, scope } = prompt
  const argsSchema = completableArgs(prompt, dependencies)
  const registered = mcp.registerPrompt(name, { title, description, argsSchema }, (args, { mcpReq }) => {
    const options = { observer, signal: mcpReq.signal, caller, scope, what: name }
    return handled(options, async (signal) => {
      const parts = await prompt.run(args, { services, signal })
      return { messages: parts.map((part) => ({ role: 'user' as const, content: toContent(part) })) }
    })
  })
  if (!isAllowed(caller, scope)) registered.disable()
}

/** The prompt's arguments, each with its suggestions attached in the way the SDK looks for them. */
function completableArgs(
  { args, scope, complete = {} }: Prompt,
  { services, caller, observer }: HandlerDependencies,
): StandardSchemaWithJSON {
  const fields = Object.entries(args.shape).map(([name, field]) => {
    const suggest = complete[name]
    if (suggest === undefined) return [name, field]
    const suggested = (value: unknown) =>
      handled({ observer, caller, scope, what: 'completion' }, async (signal) => [
        ...(await suggest(String(value), { services, signal })),
      ])
    // A copy, because the SDK marks the very schema it is given, and this one is shared by all requests.
    return [name, completable((field as z.ZodString).clone(), suggested)]
  })
  return z.object(Object.fromEntries(fields)) as unknown as StandardSchemaWithJSON
}

function toContent(part: PromptPart) {
  return 'text' in part
    ? { type: 'text' as const, text: part.text }
    : { type: 'resource' as const, resource: { ...part.document } }
}
