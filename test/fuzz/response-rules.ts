import { fileURLToPath } from 'node:url'
import { unexpectedMarkup } from '../support/page-markup.ts'
import type { HostileCase } from './hostile-case.ts'
import type { HttpResponse } from './responses.ts'
import type { Outcome } from './sender.ts'

/** Counts properties of responses, for the report. */
export type Tally = (kind: 'status' | 'rpc error' | 'tool error' | 'end', value: string | number) => void

export interface Secrets {
  /** Values that no response may contain. */
  readonly canaries: readonly string[]
}

/** @returns the violated rules of a case, one line each */
export function checkResponses(
  hostile: HostileCase,
  outcome: Outcome,
  { canaries }: Secrets,
  tally: Tally,
): string[] {
  const { responses, partial, end } = outcome
  const problems: string[] = []
  tally('end', `${hostile.ending} -> ${end}`)
  if (end === 'timed out') problems.push('neither a response nor a close in time')
  if (hostile.ending === 'wait' && end === 'closed' && responses.length === 0 && partial === undefined)
    problems.push('closed without a response')
  if (hostile.ending === 'wait' && end === 'closed' && partial?.complete === false)
    problems.push('response truncated')
  for (const [index, response] of [...responses, ...(partial ? [partial] : [])].entries()) {
    tally('status', response.status)
    const { id } = hostile.requests[index] ?? {}
    const echoed = response.headers['x-request-id']
    if (id !== undefined && echoed !== undefined && echoed !== id)
      problems.push('response to another request')
    problems.push(...checkResponse(response, canaries, tally))
  }
  return problems
}

const checkout = fileURLToPath(new URL('../..', import.meta.url))
const stackFrame = /(?:\\n|\n)\s+at (?:.+ \()?(?:file:|node:|\/)[^\n]*:\d+:\d+/

function checkResponse(
  { status, headers, body, complete }: HttpResponse,
  canaries: readonly string[],
  tally: Tally,
): string[] {
  const problems: string[] = []
  const text = body.toString()
  if (Number.isNaN(status)) problems.push('not an HTTP/1.1 response')
  // 503 is declared: a dependency is unavailable, or the server is overloaded.
  if (status >= 500 && status !== 503) problems.push(`status ${status}`)
  for (const canary of canaries) if (text.includes(canary)) problems.push('secret in a response')
  if (Object.values(headers).some((value) => canaries.some((canary) => value.includes(canary))))
    problems.push('secret in a header')
  if (text.includes(checkout)) problems.push('server path in a response')
  if (stackFrame.test(text)) problems.push('stack trace in a response')
  if ('x-injected' in headers) problems.push('header injected by the caller')
  // The client aborted, or the request was HEAD.
  if (!complete || body.length === 0) return problems
  const type = headers['content-type'] ?? ''
  if (type.startsWith('text/html')) problems.push(...checkPage(headers, text))
  else if (type.startsWith('application/json')) problems.push(...checkJson(text, tally))
  else if (type.startsWith('text/event-stream')) {
    for (const line of text.split('\n')) {
      if (line.startsWith('data: {')) problems.push(...checkJson(line.slice(6), tally))
    }
  }
  return problems
}

/**
 * Pages run scripts of this server only, never inline ones. The page at `/` contains no text of callers; it is
 * recognised by its script, a tag that escaped text cannot contain.
 */
function checkPage(headers: HttpResponse['headers'], text: string): string[] {
  const policy = headers['content-security-policy'] ?? ''
  const isHomePage = text.includes(homePageScript)
  return [
    ...(policy.includes("default-src 'none'") ? [] : ['page without a content security policy']),
    ...(/script-src (?!'self';)/.test(policy) ? ['page that may run scripts of others'] : []),
    ...(isHomePage ? [] : unexpectedMarkup(text).map((part) => `foreign element in a page: ${part}`)),
  ]
}

const homePageScript = '<script type="module" src="/assets/page.js"></script>'

/** Checks a JSON-RPC message, a batch, or a JSON error of another endpoint. */
function checkJson(text: string, tally: Tally): string[] {
  let value: RpcMessage | RpcMessage[] | null
  try {
    value = JSON.parse(text)
  } catch {
    return ['invalid JSON in a response']
  }
  return [value].flat().flatMap((message) => checkMessage(message, tally))
}

interface RpcMessage {
  error?: { code?: unknown; message?: unknown }
  result?: { isError?: unknown; content?: { text?: unknown }[] }
}

function checkMessage(message: RpcMessage | null, tally: Tally): string[] {
  const { error, result } = message ?? {}
  if (error !== undefined) {
    tally('rpc error', String(error.code))
    // Without a tool result, an unavailable dependency is reported as -32603: declared, like 503.
    const declared = /^(?:unavailable|timeout): /.test(String(error.message))
    return (error.code === -32603 && !declared) || error.code === 'internal' ? [`error ${error.code}`] : []
  }
  if (result?.isError !== true) return []
  const code = /^\w+/.exec(String(result.content?.[0]?.text))?.[0] ?? ''
  tally('tool error', code)
  return code === 'internal' ? ['tool error internal'] : []
}
