/** One name as it is written in different places. */
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
  const text = kebab
    .split('-')
    .map((word) => (abbreviations.has(word) ? word.toUpperCase() : word))
    .join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Pairs of what is said and what shall be said. */
export type Replacements = ReadonlyMap<string, string>

/**
 * @param job what Kubernetes and Prometheus call the server: from now on the same as everybody. Its form with
 * underscores is left alone: `mcp_server_…` is a metric of the semantic conventions.
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

/** All at once, longest first, so that nothing is replaced in what has just been written. */
export function replaceNames(text: string, replacements: Replacements): string {
  return text.replace(anyOf([...replacements.keys()]), (found) => replacements.get(found) ?? found)
}

/** Names as words of their own or at the beginning of longer ones: `NAME-migration`, but not `other-NAME`. */
export function anyOf(names: readonly string[]): RegExp {
  const longestFirst = [...new Set(names)].sort((one, other) => other.length - one.length)
  const escaped = longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'gu')
}
