import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'

/**
 * Sets `X-Request-Id` on every request and response; keeps a valid one of a proxy, so that both logs can be joined.
 * The request header carries it through the SDK to the log line.
 */
export const requestId: RequestHandler = (req, res, next) => {
  const given = req.get('x-request-id')
  const id = given !== undefined && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID()
  req.headers['x-request-id'] = id
  res.set('x-request-id', id)
  next()
}
