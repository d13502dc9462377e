import { hash } from 'node:crypto'
import { type RequestHandler, Router } from 'express'
import type { Reject } from '../../telemetry/rejections.ts'
import { rejectRequest } from '../reject.ts'

/** A JSON document for clients that do not know this server yet. */
export interface PublicDocument {
  readonly paths: readonly string[]
  readonly mediaType: string
  readonly maxAgeSeconds: number
  readonly content: object
}

export interface PublicDocumentsOptions {
  readonly documents: readonly PublicDocument[]
  /** Rate limit per address. */
  readonly limit?: RequestHandler | undefined
  readonly reject: Reject
}

/**
 * Serves documents without authentication, to pages of every origin, with validators for caches
 * (docs/discovery.md of the MCP Server Card extension, "CORS Requirements" and "Caching").
 */
export function createPublicDocuments({ documents, limit, reject }: PublicDocumentsOptions): Router {
  const router = Router()
  for (const { paths, mediaType, maxAgeSeconds, content } of documents) {
    const body = Buffer.from(JSON.stringify(content))
    const etag = `"${hash('sha256', body, 'base64url')}"`
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET',
      // The wildcard admits the protocol version header that browser clients send.
      'access-control-allow-headers': 'Content-Type, If-None-Match, *',
      'access-control-expose-headers': 'ETag',
      'cache-control': `public, max-age=${maxAgeSeconds}`,
      'content-type': mediaType,
      etag,
    }
    const serve: RequestHandler = (req, res) => {
      if (req.method === 'OPTIONS') res.set(headers).status(204).end()
      else if (req.method !== 'GET' && req.method !== 'HEAD') rejectRequest({ req, res }, notAllowed, reject)
      // Express would ignore the header, because fetch adds `Cache-Control: no-cache` to it.
      else if (req.get('if-none-match')?.includes(etag)) res.set(headers).status(304).end()
      else res.set(headers).send(body)
    }
    // One by one, because a route with several paths has no name for `http.route`.
    for (const path of paths) router.all(path, ...(limit ? [limit] : []), serve)
  }
  return router
}

const notAllowed = {
  reason: 'method_not_allowed',
  httpStatus: 405,
  message: 'Method not allowed: use GET.',
  headers: { allow: 'GET, HEAD, OPTIONS' },
} as const
