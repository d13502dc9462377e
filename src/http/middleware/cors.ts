import type { RequestHandler } from 'express'

/** What MCP clients need to see of an answer, besides what browsers always show. */
const exposedHeaders = [
  'MCP-Protocol-Version',
  'WWW-Authenticate',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
].join(', ')

/** How long a browser may keep the answer to a preflight; two hours is the most that Chromium takes. */
const preflightSeconds = '7200'

/**
 * Lets pages of these origins, and of no other, call the server and read its answers. They may send any
 * header: the names of `Mcp-Param-*` depend on the tool. Cookies are not allowed, because none are used.
 */
export function createCors(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins)
  return (req, res, next) => {
    res.vary('Origin')
    const origin = req.get('origin')
    if (origin === undefined || !allowed.has(origin)) {
      next()
      return
    }
    res.set({ 'access-control-allow-origin': origin, 'access-control-expose-headers': exposedHeaders })
    if (req.method !== 'OPTIONS' || req.get('access-control-request-method') === undefined) {
      next()
      return
    }
    res.vary('Access-Control-Request-Headers')
    res
      .set({
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': req.get('access-control-request-headers') ?? '',
        'access-control-max-age': preflightSeconds,
      })
      .status(204)
      .end()
  }
}
