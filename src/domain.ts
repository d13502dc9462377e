import type { Router } from 'express'
import type { Config } from './config/config.ts'
import { service } from './config/package.ts'
import { createDocumentPages } from './documents/page.ts'
import { createDocumentStore } from './documents/store.ts'
import type { DependencyCheck } from './health/health.ts'
import type { Access } from './http/middleware/access.ts'
import type { Database } from './postgres/database.ts'
import type { Services } from './services.ts'
import type { Logger } from './telemetry/log/logger.ts'
import type { Metrics } from './telemetry/metrics/metrics.ts'
import { createWikipediaClient } from './wikipedia/client.ts'

/** What this server is about: everything of `main.ts` that would be another for a server of another purpose. */
export interface Domain {
  readonly services: Services
  /** Its dependencies besides the database and Redis, for `/health` to ask. */
  readonly checks: readonly DependencyCheck[]
  /** Tells a model what this server is good for. */
  readonly instructions: string
  /** Its own pages, if it has some. */
  readonly pages?: (access: Access) => Router
}

export interface DomainOptions extends Pick<Services, 'resourcesChanged'> {
  readonly config: Config
  readonly database: Database
  readonly signalsOf: (module: string) => { readonly logger: Logger; readonly metrics: Metrics }
}

export function createDomain({ config, database, resourcesChanged, signalsOf }: DomainOptions): Domain {
  const documents = createDocumentStore({ database, publicUrl: config.publicUrl })
  const wikipedia = createWikipediaClient({
    baseUrl: config.externalApiUrl,
    userAgent: `${service.name}/${service.version} (${config.publicUrl})`,
    ...signalsOf('wikipedia'),
  })
  return {
    services: { documents, wikipedia, resourcesChanged },
    // Somebody else's server: asked seldom.
    checks: [
      { name: 'external_api', critical: false, intervalMs: 15_000, run: (signal) => wikipedia.ping(signal) },
    ],
    instructions:
      'Search the documents of this server with "search", read one with "fetch". The documents describe this server, its alerts and their runbooks.',
    pages: (access) => createDocumentPages({ documents, access }),
  }
}
