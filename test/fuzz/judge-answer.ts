import { fileURLToPath } from 'node:url'
import { unexpectedMarkup } from '../support/page-markup.ts'
import type { HttpAnswer } from './answers.ts'
import type { Outcome } from './deliver.ts'
import type { HostileCase } from './hostile-case.ts'

/** What answers consisted of, for the report. */
export type Tally = (kind: 'status' | 'rpc error' | 'tool error' | 'end', value: string | number) => void

export interface Secrets {
  /** Values that no answer may hold. */
  readonly canaries: readonly string[]
}

/** A case's rules that were broken, each as one line. */
export function judge(hostile: HostileCase, outcome: Outcome, { canaries }: Secrets, tally: Tally): string[] {
  const { answers, partial, end } = outcome
  const problems: string[] = []
  tally('end', `${hostile.ending} -> ${end}`)
  if (end === 'overdue') problems.push('neither answered nor closed in time')
  if (hostile.ending === 'wait' && end === 'closed' && answers.length === 0 && partial === undefined)
    problems.push('closed without an answer')
  if (hostile.ending === 'wait' && end === 'closed' && partial?.complete === false)
    problems.push('an answer was cut off')
  for (const [index, answer] of [...answers, ...(partial ? [partial] : [])].entries()) {
    tally('status', answer.status)
    const { id } = hostile.requests[index] ?? {}
    const echoed = answer.headers['x-request-id']
    if (id !== undefined && echoed !== undefined && echoed !== id)
      problems.push('the answer to another request')
    problems.push(...judgeAnswer(answer, canaries, tally))
  }
  return problems
}

const checkout = fileURLToPath(new URL('../..', import.meta.url))
const stackFrame = /(?:\\n|\n)\s+at (?:.+ \()?(?:file:|node:|\/)[^\n]*:\d+:\d+/

function judgeAnswer(
  { status, headers, body, complete }: HttpAnswer,
  canaries: readonly string[],
  tally: Tally,
): string[] {
  const problems: string[] = []
  const text = body.toString()
  if (Number.isNaN(status)) problems.push('not an HTTP/1.1 answer')
  // Declared: a dependency is away, or the server has too much to do.
  if (status >= 500 && status !== 503) problems.push(`status ${status}`)
  for (const canary of canaries) if (text.includes(canary)) problems.push('a secret in an answer')
  if (Object.values(headers).some((value) => canaries.some((canary) => value.includes(canary))))
    problems.push('a secret in a header')
  if (text.includes(checkout)) problems.push('a path of the server in an answer')
  if (stackFrame.test(text)) problems.push('a stack trace in an answer')
  if ('x-injected' in headers) problems.push('a header of the caller')
  // Cut off by its sender's wish, or the answer to HEAD.
  if (!complete || body.length === 0) return problems
  const type = headers['content-type'] ?? ''
  if (type.startsWith('text/html')) problems.push(...judgePage(headers, text))
  else if (type.startsWith('application/json')) problems.push(...judgeJson(text, tally))
  else if (type.startsWith('text/event-stream')) {
    for (const line of text.split('\n')) {
      if (line.startsWith('data: {')) problems.push(...judgeJson(line.slice(6), tally))
    }
  }
  return problems
}

/** The page at `/`, which alone may run a script and holds nothing that callers sent, is known by its policy and title. */
function judgePage(headers: HttpAnswer['headers'], text: string): string[] {
  const policy = headers['content-security-policy'] ?? ''
  const isFront = policy.includes("script-src 'self'") && text.includes(frontTitle)
  return [
    ...(policy.includes("default-src 'none'") ? [] : ['a page without its policy']),
    ...(policy.includes('script-src') && !isFront ? ['a page that may run scripts'] : []),
    ...(isFront ? [] : unexpectedMarkup(text).map((part) => `a page with what is not ours: ${part}`)),
  ]
}

const frontTitle = '<title>Observable MCP server</title>'

/** Looks into a JSON-RPC message, a batch of them, or an error of our own. */
function judgeJson(text: string, tally: Tally): string[] {
  let value: RpcMessage | RpcMessage[] | null
  try {
    value = JSON.parse(text)
  } catch {
    return ['an answer that says it is JSON and is not']
  }
  return [value].flat().flatMap((message) => judgeMessage(message, tally))
}

interface RpcMessage {
  error?: { code?: unknown; message?: unknown }
  result?: { isError?: unknown; content?: { text?: unknown }[] }
}

function judgeMessage(message: RpcMessage | null, tally: Tally): string[] {
  const { error, result } = message ?? {}
  if (error !== undefined) {
    tally('rpc error', String(error.code))
    // Where there is no tool result to hold it, a dependency that is away is told this way: declared, like 503.
    const declared = /^(?:unavailable|timeout): /.test(String(error.message))
    return (error.code === -32603 && !declared) || error.code === 'internal' ? [`error ${error.code}`] : []
  }
  if (result?.isError !== true) return []
  const code = /^\w+/.exec(String(result.content?.[0]?.text))?.[0] ?? ''
  tally('tool error', code)
  return code === 'internal' ? ['tool error internal'] : []
}
