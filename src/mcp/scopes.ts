import type { Catalog } from './discover.ts'

/** Every scope that something of the catalog needs, in order. */
export function allScopes({ tools, resources, prompts }: Catalog): string[] {
  return sorted([...tools, ...resources, ...prompts].map(({ scope }) => scope))
}

/** Those to begin with: what reads. What changes something is asked for when it is used. */
export function readingScopes({ tools, resources, prompts }: Catalog): string[] {
  const reading = tools.filter(({ effect }) => effect === 'read')
  return sorted([...reading, ...resources, ...prompts].map(({ scope }) => scope))
}

const sorted = (scopes: readonly string[]): string[] => [...new Set(scopes)].sort()
