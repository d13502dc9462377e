import type { DocumentStore } from '../documents/document-store.ts'
import type { WikipediaClient } from './wikipedia.ts'

/** What tools, prompts and resources can use. A new dependency is added here and built in `main.ts`. */
export interface Services {
  readonly documents: DocumentStore
  readonly wikipedia: WikipediaClient
  /** Tells caches and subscribed clients, on all replicas, that documents were added or changed. */
  readonly documentsChanged: (uris: readonly string[]) => Promise<void>
}
