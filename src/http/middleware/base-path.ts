import type { RequestHandler } from 'express'

/**
 * Supports a public URL with a path: removes the path from request URLs, unless a gateway has done so, and has pages
 * prefix their links with it.
 * @param basePath without a trailing slash
 */
export function createBasePath(basePath: string): RequestHandler {
  const prefix = `${basePath}/`
  return (req, res, next) => {
    if (`${req.path}/`.startsWith(prefix)) req.url = req.url.slice(basePath.length).replace(/^(?!\/)/, '/')
    res.locals.basePath = basePath
    next()
  }
}
