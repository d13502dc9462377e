import { type Catalog, discoverCatalog } from '../../src/mcp/catalog.ts'

/** What the server offers, once it is loaded. Not awaited here: node:test loses the suite of a module that waits. */
export let catalog: Catalog

export async function loadCatalog(): Promise<void> {
  catalog = await discoverCatalog(new URL('../../src/', import.meta.url))
}
