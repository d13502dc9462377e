import express, { type Express } from 'express'
import type { Config } from './config.ts'
import type { DocumentStore } from './documents/document-store.ts'
import { createErrorHandler, notFound } from './http/error-handler.ts'
import { createGuards } from './http/guards.ts'
import { createDocumentPage } from './http/pages/document-page.ts'
import { requestId } from './http/request-id.ts'
import type { Endpoint } from './mcp/endpoint.ts'
import type { Logger } from './telemetry/logger.ts'

export interface AppDependencies {
  readonly config: Pick<Config, 'allowedHosts' | 'allowedOrigins'>
  readonly documents: DocumentStore
  readonly endpoint: Endpoint
  readonly logger: Logger
}

/** The HTTP application: what a request passes, in order. No body parser, because the MCP handler reads its own. */
export function createApp({ config, documents, endpoint, logger }: AppDependencies): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(requestId)
  app.use(createGuards(config))
  app.all('/mcp', (req, res) => endpoint.handle(req, res))
  app.get('/documents/:id', createDocumentPage(documents))
  app.use(notFound)
  app.use(createErrorHandler(logger))
  return app
}
