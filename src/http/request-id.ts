import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'

/** Gives every response an `X-Request-Id`: the proxy's if it sent a sane one, so that both logs can be joined. */
export const requestId: RequestHandler = (req, res, next) => {
  const given = req.get('x-request-id')
  res.set('x-request-id', given !== undefined && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID())
  next()
}
