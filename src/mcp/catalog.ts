import { readdir } from 'node:fs/promises'
import type { Prompt } from './define/define-prompt.ts'
import type { Resource } from './define/define-resource.ts'
import type { Tool } from './define/define-tool.ts'

/** Every tool, resource and prompt of the server. */
export interface Catalog {
  readonly tools: readonly Tool[]
  readonly resources: readonly Resource[]
  readonly prompts: readonly Prompt[]
}

/** Discovers tools, resources and prompts below `src` or `dist`, sorted by name. */
export async function discoverCatalog(root: URL): Promise<Catalog> {
  const [tools, resources, prompts] = await Promise.all([
    discover<Tool>(new URL('tools/', root), 'tool'),
    discover<Resource>(new URL('resources/', root), 'resource'),
    discover<Prompt>(new URL('prompts/', root), 'prompt'),
  ])
  return { tools, resources, prompts }
}

/**
 * Loads the default exports of all `*.KIND.ts` (built: `.js`) files of a folder.
 * @throws Error naming the file with another export, or both files with the same name
 */
export async function discover<Definition extends { name: string; kind: string }>(
  folder: URL,
  kind: Definition['kind'],
): Promise<Definition[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const fileOf = new Map<string, string>()
  const found: Definition[] = []
  for (const file of names.filter((name) => new RegExp(`\\.${kind}\\.[jt]s$`).test(name)).sort()) {
    const { default: definition } = (await import(new URL(file, folder).href)) as { default?: Definition }
    if (definition?.kind !== kind)
      throw new Error(
        `${file}: the default export must be a ${kind} from define${kind[0]?.toUpperCase()}${kind.slice(1)}`,
      )
    const other = fileOf.get(definition.name)
    if (other !== undefined)
      throw new Error(
        `${file} and ${other} both define the ${kind} "${definition.name}"; rename one of them.`,
      )
    fileOf.set(definition.name, file)
    found.push(definition)
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Every scope the catalog uses, sorted. */
export function allScopes({ tools, resources, prompts }: Catalog): string[] {
  return sorted([...tools, ...resources, ...prompts].flatMap(({ scopes }) => scopes))
}

/** Read scopes, requested up front; write scopes by step-up. */
export function initialScopes({ tools, resources, prompts }: Catalog): string[] {
  const reading = tools.filter(({ effect }) => effect === 'read')
  return sorted([...reading, ...resources, ...prompts].flatMap(({ scopes }) => scopes))
}

const sorted = (scopes: readonly string[]): string[] => [...new Set(scopes)].sort()
