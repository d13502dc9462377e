import { documentIdOf, plainIdOf, uniqueIdOf } from './document-id.ts'

/** Source of each stored document, by id. */
type FindSources = (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>

/**
 * Assigns an id to each file of a load: its stored id, else the id of its path, else, if another file has that id, a
 * unique one.
 */
export function createIdAssigner(prefix: string, findSources: FindSources) {
  const assigned = new Set<string>()
  return async (paths: readonly string[]): Promise<string[]> => {
    const files = paths.map((path) => {
      const own = documentIdOf(path, prefix)
      return { path, own, plain: plainIdOf(path, prefix), unique: uniqueIdOf(own, path) }
    })
    const candidates = files.flatMap(({ own, plain, unique }) => [own, plain, unique])
    const sources = await findSources([...new Set(candidates)])
    const isTaken = (id: string, path: string) => {
      const source = sources.get(id)
      // A source whose plain id differs came from another folder or prefix: this load replaces that document.
      return assigned.has(id) || (source !== undefined && source !== path && plainIdOf(source, prefix) === id)
    }
    return files.map(({ path, own, plain, unique }) => {
      const stored = [plain, own, unique].find((id) => sources.get(id) === path && !assigned.has(id))
      const id = stored ?? (isTaken(own, path) ? unique : own)
      assigned.add(id)
      return id
    })
  }
}
