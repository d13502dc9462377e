import { type Catalog, discoverCatalog } from '../../src/mcp/catalog.ts'

/** Loaded by `loadCatalog`, not by a top-level await: node:test loses the suite of a module that awaits. */
export let catalog: Catalog

export async function loadCatalog(): Promise<void> {
  catalog = await discoverCatalog(new URL('../../src/', import.meta.url))
}
