import type { RequestHandler } from 'express'

/**
 * For a server whose public URL has a path: serves what is below this path as if at the root, whether or not a gateway
 * has removed the path, and has pages link below it.
 * @param basePath without a slash at its end
 */
export function createBasePath(basePath: string): RequestHandler {
  const prefix = `${basePath}/`
  return (req, res, next) => {
    if (`${req.path}/`.startsWith(prefix)) req.url = req.url.slice(basePath.length).replace(/^(?!\/)/, '/')
    res.locals.basePath = basePath
    next()
  }
}
