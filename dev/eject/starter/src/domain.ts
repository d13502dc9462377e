import type { Router } from 'express'
import type { Config } from './config/config.ts'
import { projectPath } from './config/environment.ts'
import type { DependencyCheck } from './health/health.ts'
import type { Access } from './http/middleware/access.ts'
import { createDocsPages } from './http/pages/docs-page.ts'
import type { Database } from './postgres/database.ts'
import type { Logger } from './telemetry/log/logger.ts'
import type { Metrics } from './telemetry/metrics/metrics.ts'

/** Services for tools, prompts and resources. Declare a service here and build it below. */
export interface Services {
  /** Invalidates caches and notifies subscribed clients, on all replicas, after resources were added or changed. */
  readonly resourcesChanged: (uris: readonly string[]) => Promise<void>
}

/** The domain of this server; `server.ts` does not depend on it otherwise. */
export interface Domain {
  readonly services: Services
  /** Health checks of dependencies other than PostgreSQL and Redis. */
  readonly checks: readonly DependencyCheck[]
  /** Instructions for the model. */
  readonly instructions: string
  readonly pages?: (access: Access) => Router
  /** Releases resources of the services, after the last call and before the stores close. */
  close(): Promise<void>
}

/** Dependencies of the services. */
export interface DomainOptions extends Pick<Services, 'resourcesChanged'> {
  readonly config: Config
  readonly database: Database
  readonly signalsOf: (module: string) => { readonly logger: Logger; readonly metrics: Metrics }
}

export function createDomain({ resourcesChanged }: DomainOptions): Domain {
  return {
    services: { resourcesChanged },
    checks: [],
    instructions: 'Call "echo" to see that this server works.',
    pages: (access) => createDocsPages({ folder: projectPath('docs'), access }),
    close: async () => {},
  }
}
