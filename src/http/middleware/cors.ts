import type { RequestHandler } from 'express'

/** Response headers that MCP clients read, beyond the CORS-safelisted ones. */
const exposedHeaders = [
  'MCP-Protocol-Version',
  'Mcp-Session-Id',
  'WWW-Authenticate',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
].join(', ')

/** Two hours, Chromium's maximum. */
const preflightSeconds = '7200'

/**
 * CORS for the configured origins only. Any request header is allowed, because the names of `Mcp-Param-*` depend on
 * the tool. Credentials (cookies) are not allowed, because the server uses none.
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
        // Clients of the 2025 revisions end their session by DELETE, and understand the 405.
        'access-control-allow-methods': 'GET, POST, DELETE',
        'access-control-allow-headers': req.get('access-control-request-headers') ?? '',
        'access-control-max-age': preflightSeconds,
      })
      .status(204)
      .end()
  }
}
