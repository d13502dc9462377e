import type { Router } from 'express'
import type { Config } from './config/config.ts'
import { projectPath } from './config/environment.ts'
import type { DependencyCheck } from './health/health.ts'
import type { Access } from './http/middleware/access.ts'
import { createDocsPages } from './http/pages/docs-page.ts'
import type { Database } from './postgres/database.ts'
import type { Logger } from './telemetry/log/logger.ts'
import type { Metrics } from './telemetry/metrics/metrics.ts'

/** What tools, prompts and resources can use. A service is named here and built below: no other file changes. */
export interface Services {
  /** Invalidates caches and notifies subscribed clients, on all replicas, after resources were added or changed. */
  readonly resourcesChanged: (uris: readonly string[]) => Promise<void>
}

/** What this server is about. All else in `main.ts` would be the same in a server of another purpose. */
export interface Domain {
  readonly services: Services
  /** Health checks of its own dependencies; PostgreSQL and Redis have theirs already. */
  readonly checks: readonly DependencyCheck[]
  /** Tells a model what this server is good for. */
  readonly instructions: string
  readonly pages?: (access: Access) => Router
  /** Releases what the services hold, once no call is in flight and before the stores close. */
  close(): Promise<void>
}

/** What services may be built from. */
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
