/** One name in all its spellings. */
export interface Names {
  readonly kebab: string
  readonly snake: string
  readonly title: string
}

const abbreviations = new Set(['ai', 'api', 'crm', 'erp', 'http', 'id', 'mcp', 'sql', 'ui'])

export function namesOf(kebab: string, title = titleOf(kebab)): Names {
  return { kebab, snake: kebab.replaceAll('-', '_'), title }
}

function titleOf(kebab: string): string {
  const words = kebab.split('-').map((word) => (abbreviations.has(word) ? word.toUpperCase() : word))
  const text = words.join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** New names by old names. */
export type Replacements = ReadonlyMap<string, string>

/**
 * @param job the Kubernetes label and Prometheus job. Its snake_case form is kept: `mcp_server_…` is a metric of the
 * semantic conventions.
 */
export function replacementsOf(old: Names, job: string, wanted: Names): Replacements {
  return new Map([
    [old.kebab, wanted.kebab],
    [job, wanted.kebab],
    [old.snake, wanted.snake],
    [capitals(old.title), capitals(wanted.title)],
    [old.title, wanted.title],
  ])
}

const capitals = (title: string): string =>
  title.replace(/(?<=^| )\p{Ll}/gu, (letter) => letter.toUpperCase())

/** Standard terms that contain a name and stay. */
const standardTerms = ['application/mcp-server-card+json']

/** Replaces in one pass, so that no replacement is replaced again. */
export function replaceNames(text: string, replacements: Replacements): string {
  return text.replace(
    anyOf([...standardTerms, ...replacements.keys()]),
    (found) => replacements.get(found) ?? found,
  )
}

/** Matches names as whole words or prefixes: `NAME-migration`, but not `other-NAME`. */
export function anyOf(names: readonly string[]): RegExp {
  const longestFirst = [...new Set(names)].sort((one, other) => other.length - one.length)
  const escaped = longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'gu')
}
