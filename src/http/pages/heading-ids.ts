/**
 * Heading ids of one document by GitHub's algorithm, so that fragment links work on both: `Stop, then wait` becomes
 * `stop-then-wait`, a second one `stop-then-wait-1`.
 */
export function createHeadingIds(): (heading: string) => string {
  const used = new Map<string, number>()
  return (heading) => {
    const id = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-')
    const before = used.get(id) ?? 0
    used.set(id, before + 1)
    return before === 0 ? id : `${id}-${before}`
  }
}
