import type { Client } from '@modelcontextprotocol/client'
import { requestTimeoutMs } from './connection.ts'
import type { Action } from './plan.ts'

/** What a user remembers from one step to the next. */
export interface Memory {
  found: readonly string[]
}

export interface Request {
  readonly action: Action
  readonly traceparent: string
  readonly memory: Memory
}

/** Where a memory is empty: a document that every installation has. */
const wellKnown = 'runbooks.high-error-rate'

/**
 * Sends what a step asks for.
 *
 * @returns what was asked, and `ok` or the code of the tool's error
 * @throws what the client throws when the server refuses the request or cannot be reached
 */
export async function perform(
  client: Client,
  { action, traceparent, memory }: Request,
  { signal, courtesy }: { signal: AbortSignal; courtesy: (tool: string) => string },
): Promise<{ what: string; result: string; away: false }> {
  const _meta = { traceparent }
  const options = { signal, timeout: requestTimeoutMs }
  // The client would answer from its own memory what the server calls cacheable.
  const asked = { ...options, cacheMode: 'refresh' } as const
  const answered = (what: string, result = 'ok') => ({ what, result, away: false as const })
  const found = (at: number) => memory.found[Math.floor(at * memory.found.length)] ?? wellKnown

  async function call(wanted: string, args: Record<string, unknown>) {
    const name = courtesy(wanted)
    const answer = await client.callTool({ name, arguments: args, _meta }, options)
    if (answer.isError) return answered(name, codeOf(answer))
    if (name === 'search') memory.found = idsIn(answer.structuredContent)
    return answered(name)
  }

  switch (action.kind) {
    case 'call':
      return call(action.tool, action.args)
    case 'fetch-found':
      return call('fetch', { id: found(action.at) })
    case 'read-found':
      await client.readResource({ uri: `document://${found(action.at)}`, _meta }, asked)
      return answered(nameOf(action))
    case 'list':
      await lists[action.what](client, { _meta }, asked)
      return answered(nameOf(action))
    case 'prompt':
      await client.getPrompt(
        { name: 'investigate_alert', arguments: { alert: action.alert }, _meta },
        options,
      )
      return answered(nameOf(action))
    case 'complete': {
      const ref = { type: 'ref/prompt', name: 'investigate_alert' } as const
      await client.complete({ ref, argument: { name: 'alert', value: action.beginning }, _meta }, options)
      return answered(nameOf(action))
    }
  }
}

/** As people call it who read a summary. */
export function nameOf(action: Action): string {
  switch (action.kind) {
    case 'call':
      return action.tool
    case 'list':
      return `list of ${action.what}`
    default:
      return { 'fetch-found': 'fetch', 'read-found': 'resource', prompt: 'prompt', complete: 'completion' }[
        action.kind
      ]
  }
}

type ListArguments = Parameters<Client['listTools']>

const lists = {
  tools: (client: Client, ...args: ListArguments) => client.listTools(...args),
  resources: (client: Client, ...args: ListArguments) => client.listResources(...args),
  templates: (client: Client, ...args: ListArguments) => client.listResourceTemplates(...args),
  prompts: (client: Client, ...args: ListArguments) => client.listPrompts(...args),
}

/** The server puts the code of its error table first: `not_found: There is no …`. */
function codeOf({ content }: { content: readonly { type: string }[] }): string {
  const [first] = content
  const text = first && 'text' in first ? String(first.text) : ''
  return /^[a-z_]+(?=:)/.exec(text)?.[0] ?? 'tool error'
}

function idsIn(structured: unknown): string[] {
  const { results } = structured as { results?: { id: string }[] }
  return results?.map(({ id }) => id) ?? []
}
