import { type RequestHandler, Router } from 'express'

export interface ResourceMetadataOptions {
  /** The address of the MCP endpoint. */
  readonly resource: string
  readonly issuer: string
  readonly scopes: readonly string[]
  readonly name: string
}

/** The path of the metadata of a resource whose own path is `/mcp` (RFC 9728, section 3.1). */
export const resourceMetadataPath = '/.well-known/oauth-protected-resource/mcp'

/**
 * Tells clients which authorization server gives tokens for this server (RFC 9728). Anybody may read it,
 * pages of other origins too: there is nothing in it that is not meant to be known.
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
    // Clients in a browser name the protocol version in a header, so their browser asks first.
    router.options(path, anyOrigin, (_req, res) => {
      res.set({ 'access-control-allow-methods': 'GET', 'access-control-allow-headers': '*' }).sendStatus(204)
    })
  }
  return router
}
