import type { DocumentStore } from './documents/store.ts'
import type { WikipediaClient } from './wikipedia/client.ts'

/** What tools, prompts and resources can use. A new dependency is added here and built in `domain.ts`. */
export interface Services {
  readonly documents: DocumentStore
  readonly wikipedia: WikipediaClient
  /** Tells caches and subscribed clients, on all replicas, that resources were added or changed. */
  readonly resourcesChanged: (uris: readonly string[]) => Promise<void>
}
