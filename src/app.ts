import express, { type Express, type RequestHandler, type Router } from 'express'
import type { Config } from './config/config.ts'
import type { Access } from './http/middleware/access.ts'
import { createBasePath } from './http/middleware/base-path.ts'
import { createCors } from './http/middleware/cors.ts'
import { createErrorHandler, notFound } from './http/middleware/error-handler.ts'
import { createGuards } from './http/middleware/guards.ts'
import { createIpRateLimit } from './http/middleware/ip-rate-limit.ts'
import { createPublicDocuments, type PublicDocument } from './http/middleware/public-documents.ts'
import { requestId } from './http/middleware/request-id.ts'
import { createSecurityHeaders } from './http/middleware/security-headers.ts'
import type { Endpoint } from './mcp/endpoint.ts'
import type { Logger } from './telemetry/log/logger.ts'
import type { Reject } from './telemetry/rejections.ts'

export interface AppDependencies {
  readonly access: Access
  readonly config: Pick<
    Config,
    'publicUrl' | 'allowedHosts' | 'allowedOrigins' | 'corsOrigins' | 'trustedProxyHops' | 'rateLimit'
  >
  /** Public documents, in addition to those of `access`. */
  readonly documents?: readonly PublicDocument[] | undefined
  readonly endpoint: Endpoint
  readonly logger: Logger
  readonly reject: Reject
  /** Undefined if the ops endpoints have a separate port. */
  readonly ops?: RequestHandler | undefined
  /** Pages of the domain. */
  readonly pages?: Router | undefined
  /** The page at `/` and its assets. */
  readonly site?: Router | undefined
}

/** On error pages. The ops port has none of these pages. */
const pageLinks = '<p><a href="/documents">All documents</a> · <a href="/">Start page</a></p>'

/** The HTTP application: its middleware in order. No body parser, because the MCP handler reads the body. */
export function createApp({
  access,
  config,
  documents = [],
  endpoint,
  logger,
  reject,
  ops,
  pages,
  site,
}: AppDependencies): Express {
  const { publicUrl, corsOrigins, trustedProxyHops, rateLimit } = config
  const app = createBareApp()
  app.set('trust proxy', trustedProxyHops)
  app.use(requestId)
  app.use(createSecurityHeaders({ https: publicUrl.startsWith('https:') }))
  if (ops) app.use(ops)
  // After the ops endpoints, so that the path prefix does not bypass a gateway that blocks them by path.
  const basePath = new URL(publicUrl).pathname.replace(/\/$/, '')
  if (basePath !== '') app.use(createBasePath(basePath))
  const limit = rateLimit && createIpRateLimit({ perMinute: rateLimit.address, reject })
  // For MCP and for pages, but not for the public documents between them, which any host and origin may read.
  const guards = [createGuards({ ...config, reject })]
  if (corsOrigins.length > 0) guards.push(createCors(corsOrigins))
  if (limit) guards.push(limit)
  app.all('/mcp', ...guards, access.authenticate, (req, res) =>
    endpoint.handle(req, res, res.locals.caller, () => {
      res.locals.isStream = true
      res.locals.recheckCredential?.()
    }),
  )
  const publicDocuments = access.resourceMetadata ? [...documents, access.resourceMetadata] : documents
  app.use(createPublicDocuments({ documents: publicDocuments, limit, reject }))
  app.use(...guards)
  if (pages) app.use(pages)
  if (site) app.use(site)
  app.use(notFound)
  app.use(createErrorHandler(logger, pageLinks))
  return app
}

/** The ops endpoints on a separate port. */
export function createOpsApp(ops: RequestHandler, logger: Logger): Express {
  const app = createBareApp()
  app.use(requestId, createSecurityHeaders({ https: false }), ops, notFound, createErrorHandler(logger))
  return app
}

function createBareApp(): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  return app
}
