import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'

/**
 * Gives every request and its response an `X-Request-Id`: the proxy's if it sent a sane one, so that both
 * logs can be joined. In the request's headers it also reaches the MCP handler, and by that the log line.
 */
export const requestId: RequestHandler = (req, res, next) => {
  const given = req.get('x-request-id')
  const id = given !== undefined && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID()
  req.headers['x-request-id'] = id
  res.set('x-request-id', id)
  next()
}
