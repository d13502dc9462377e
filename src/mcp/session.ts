import { randomUUID } from 'node:crypto'

/** Clients of the 2025 revisions repeat the id that they got at `initialize` with each request. */
export const sessionHeader = 'mcp-session-id'

const maxNameLength = 64
const maxIdLength = 300

/** A session id that carries the client's name, so that the server keeps no state about sessions. */
export const createSessionId = (clientName = ''): string =>
  `${randomUUID()}.${Buffer.from(clientName.slice(0, maxNameLength)).toString('base64url')}`

/** The client's name in a session id; undefined if it has none. */
export function clientNameOf(sessionId: string): string | undefined {
  const [, encoded = ''] = sessionId.slice(0, maxIdLength).split('.')
  return Buffer.from(encoded, 'base64url').toString() || undefined
}
