import type { DependencyCheck } from '../health/health.ts'
import { dependency, type WikipediaClient } from './client.ts'

/** A public server of others: asked every 15 s at most, and the server stays ready without it. */
export const wikipediaCheck = (client: Pick<WikipediaClient, 'ping'>): DependencyCheck => ({
  name: dependency,
  critical: false,
  intervalMs: 15_000,
  run: (signal) => client.ping(signal),
})
