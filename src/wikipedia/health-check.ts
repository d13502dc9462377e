import type { DependencyCheck } from '../health/health.ts'
import { dependency, type WikipediaClient } from './client.ts'

/** A third-party API: checked at most every 15 s, every 5 s while it is down, and not required for readiness. */
export const wikipediaCheck = (client: Pick<WikipediaClient, 'ping'>): DependencyCheck => ({
  name: dependency,
  critical: false,
  intervalMs: 15_000,
  run: (signal) => client.ping(signal),
})
