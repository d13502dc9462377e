import { envelope } from '../../support/raw.ts'
import { send } from './http.ts'

export const tools = ['search', 'fetch', 'search_wikipedia', 'search_all', 'add_document'] as const
export type Tool = (typeof tools)[number]
export const revisions = ['2026-07-28', '2025-11-25'] as const
export type Revision = (typeof revisions)[number]

/** The timeout that each tool declares. */
export const timeoutMs: Readonly<Record<Tool, number>> = {
  search: 5_000,
  fetch: 5_000,
  search_wikipedia: 8_000,
  search_all: 8_000,
  add_document: 10_000,
}

/**
 * How a call ended: `ok`; a partial result; a code of the error table; an HTTP status; `refused`, no connection;
 * `connection lost` before a response; `timed out` at the client.
 */
export type Outcome = string

export interface Call {
  /** `X-Request-Id`, `request_id` in the server's log. */
  readonly id: string
  readonly tool: Tool
  readonly revision: Revision
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly outcome: Outcome
  /** Id of the document whose addition was acknowledged. */
  readonly added?: string | undefined
}

/** Makes one call. Arguments differ by turn, so that no call hits the cache. */
export async function makeCall(url: URL, tool: Tool, revision: Revision, turn: number): Promise<Call> {
  const startedAtMs = performance.now()
  const id = `${tool}-${turn}`
  const answer = await callTool(url, revision, { name: tool, arguments: argumentsOf(tool, turn) }, id)
  const outcome = typeof answer === 'string' ? answer : outcomeOf(answer)
  const added =
    typeof answer !== 'string' && tool === 'add_document' && outcome === 'ok'
      ? answer.result.structuredContent.id
      : undefined
  return { id, tool, revision, startedAtMs, endedAtMs: performance.now(), outcome, added }
}

interface Result {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: results of all tools
  readonly result: any
}

/** @returns the response, or why there is none */
export async function callTool(
  url: URL,
  revision: Revision,
  params: { name: string; arguments: Record<string, unknown> },
  id = 'check',
): Promise<Result | 'refused' | 'connection lost' | 'timed out'> {
  const modern = revision === '2026-07-28'
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: modern ? { ...params, _meta: envelope } : params,
  }
  const answer = await send(url, {
    body: JSON.stringify(message),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': revision,
      'x-request-id': id,
      ...(modern && { 'mcp-method': 'tools/call', 'mcp-name': params.name }),
    },
  })
  if (typeof answer === 'string') return answer
  const data = answer.text.startsWith('{')
    ? answer.text
    : answer.text
        .split('\n')
        .findLast((line) => line.startsWith('data: {'))
        ?.slice(6)
  return { status: answer.status, result: data && JSON.parse(data).result }
}

function argumentsOf(tool: Tool, turn: number): Record<string, unknown> {
  switch (tool) {
    case 'fetch':
      return { id: `seed-${turn}` }
    case 'add_document':
      return { title: 'Fault', text: `Written in turn ${turn} of ${process.pid}.` }
    default:
      return { query: `alert -x${turn}` }
  }
}

function outcomeOf({ status, result }: Result): Outcome {
  if (status !== 200) return `HTTP ${status}`
  if (result === undefined) return 'protocol error'
  if (result.isError) return /^(\w+): /.exec(result.content[0].text)?.[1] ?? 'error without a code'
  const missing: { source: string }[] = result.structuredContent.missing ?? []
  return missing.length === 0 ? 'ok' : `without ${missing.map(({ source }) => source).join(' and ')}`
}
