/**
 * Names for the headings of one document, made as GitHub makes them, so that a link to a heading leads to the
 * same place there and on our pages: `Stop, then wait` is `stop-then-wait`, and the second of that name
 * `stop-then-wait-1`.
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
