import type { JSONRPCMessage, McpServer, Server, Transport } from '@modelcontextprotocol/server'

interface Issue {
  readonly path: readonly (string | number)[]
  readonly message: string
}

const maxIssues = 5
const maxIssueLength = 200

/**
 * Why: the SDK answers params that do not fit a method's schema with -32603 and its validator's report. Buys: -32602
 * with the place and the rule (see {@link toInvalidParamsError}), in the answer and in its record; no speed.
 * Delete when: the SDK answers -32602. Install after the observation, which then records the corrected error.
 */
export function correctParamErrors(mcp: McpServer | Server): void {
  const connect = mcp.connect.bind(mcp)
  mcp.connect = async (transport: Transport) => {
    await connect(transport)
    const send = transport.send.bind(transport)
    transport.send = (message, options) => send(toInvalidParamsError(message), options)
  }
}

/**
 * The SDK validates a request's params against its method's schema and rejects invalid ones with -32603, an
 * internal error, and its validator's whole report as the message. It is the caller's mistake: -32602 by the
 * specification (basic, "Error Codes"), with path and rule. Other messages are returned unchanged.
 */
export function toInvalidParamsError<Message extends JSONRPCMessage>(message: Message): Message {
  if (!('error' in message) || message.error.code !== -32603) return message
  const issues = issuesIn(message.error.message)
  if (issues === undefined) return message
  const told = issues
    .slice(0, maxIssues)
    .map(({ path, message: rule }) => `${path.join('.')}: ${rule}`.slice(0, maxIssueLength))
  if (issues.length > maxIssues) told.push(`and ${issues.length - maxIssues} more`)
  return { ...message, error: { code: -32602, message: `Invalid params: ${told.join('; ')}` } }
}

/** The validator's report, if the text is one. */
function issuesIn(text: string): Issue[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    const issues = JSON.parse(text) as Partial<Issue>[]
    return issues.every(({ path, message }) => Array.isArray(path) && typeof message === 'string')
      ? (issues as Issue[])
      : undefined
  } catch {
    return undefined
  }
}
