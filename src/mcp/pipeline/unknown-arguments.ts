const maxNamed = 3
const maxNameLength = 60

/** Names unknown arguments, the nearest valid name of each, and all valid ones. */
export function describeUnknown(unknown: readonly string[], valid: readonly string[]): string {
  const described = unknown.slice(0, maxNamed).map((name) => {
    const nearest = name.length > maxNameLength ? undefined : nearestName(name, valid)
    const hint = nearest === undefined ? '.' : `; did you mean \`${nearest}\`?`
    return `unknown argument \`${name.slice(0, maxNameLength)}\`${hint}`
  })
  const others = unknown.length > maxNamed ? ` And ${unknown.length - maxNamed} more.` : ''
  return `${described.join(' ')}${others} Valid: ${valid.join(', ') || 'no arguments'}`
}

/** The valid name with the fewest edits, at most a third of its letters; ignores case and separators. */
function nearestName(name: string, valid: readonly string[]): string | undefined {
  const [nearest] = valid
    .map((candidate) => ({ candidate, edits: editDistance(letters(name), letters(candidate)) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, letters(candidate).length / 3))
    .sort((a, b) => a.edits - b.edits)
  return nearest?.candidate
}

const letters = (name: string): string => name.toLowerCase().replace(/[_.-]/g, '')

/** Levenshtein distance. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const letter of from) {
    const current = [(previous[0] ?? 0) + 1]
    for (let column = 1; column <= to.length; column++) {
      const [left = 0, above = 0, diagonal = 0] = [
        current[column - 1],
        previous[column],
        previous[column - 1],
      ]
      current.push(Math.min(left + 1, above + 1, diagonal + Number(letter !== to[column - 1])))
    }
    previous = current
  }
  return previous.at(-1) ?? 0
}
