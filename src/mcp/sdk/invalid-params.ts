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
 * Converts the SDK's -32603 for invalid params to -32602 (basic, "Error Codes"), with path and rule in place of the
 * validator's report. Returns other messages unchanged.
 */
export function toInvalidParamsError<Message extends JSONRPCMessage>(message: Message): Message {
  if (!('error' in message) || message.error.code !== -32603) return message
  const issues = issuesIn(message.error.message)
  if (issues === undefined) return message
  const listed = issues
    .slice(0, maxIssues)
    .map(({ path, message: rule }) => `${path.join('.')}: ${rule}`.slice(0, maxIssueLength))
  if (issues.length > maxIssues) listed.push(`and ${issues.length - maxIssues} more`)
  return { ...message, error: { code: -32602, message: `Invalid params: ${listed.join('; ')}` } }
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
