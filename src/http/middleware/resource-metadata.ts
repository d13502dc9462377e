import { type RequestHandler, Router } from 'express'

export interface ResourceMetadataOptions {
  /** URL of the MCP endpoint. */
  readonly resource: string
  readonly issuer: string
  readonly scopes: readonly string[]
  readonly name: string
}

/** Metadata path of the resource `/mcp` (RFC 9728, section 3.1). */
export const resourceMetadataPath = '/.well-known/oauth-protected-resource/mcp'

/**
 * Protected resource metadata (RFC 9728): names the authorization server. Public, for pages of every origin too.
 */
export function createResourceMetadata({ resource, issuer, scopes, name }: ResourceMetadataOptions): Router {
  const metadata = {
    resource,
    authorization_servers: [issuer],
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
    resource_name: name,
  }
  const anyOrigin: RequestHandler = (_req, res, next) => {
    res.set({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=300' })
    next()
  }
  const router = Router()
  for (const path of [resourceMetadataPath, '/.well-known/oauth-protected-resource']) {
    router.get(path, anyOrigin, (_req, res) => {
      res.json(metadata)
    })
    // Browser clients send a protocol version header, which triggers a preflight.
    router.options(path, anyOrigin, (_req, res) => {
      res.set({ 'access-control-allow-methods': 'GET', 'access-control-allow-headers': '*' }).sendStatus(204)
    })
  }
  return router
}
