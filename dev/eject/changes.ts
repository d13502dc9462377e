/** A change of a file that is kept. Each must find what it changes: a file that has moved on is a reason to stop. */
export type Change = { readonly file: string } & (
  | { readonly from: string | RegExp; readonly to: string }
  /** Takes out all from the first text up to, and without, the second; without a second, all that follows. */
  | { readonly cut: string; readonly upTo?: string }
  /** Takes out whole lines. */
  | { readonly lines: RegExp }
)

/** @throws Error naming what the text does not have, or has more than once */
export function applyChange(text: string, change: Change): string {
  if ('lines' in change) {
    const kept = text.split('\n').filter((line) => !change.lines.test(line))
    const changed = kept.join('\n')
    if (changed === text) throw missing(change.file, String(change.lines))
    return changed
  }
  if ('cut' in change) {
    const start = only(text, change.cut, change.file)
    if (change.upTo === undefined) return text.slice(0, start)
    const end = text.indexOf(change.upTo, start + change.cut.length)
    if (end < 0) throw missing(change.file, change.upTo)
    return text.slice(0, start) + text.slice(end)
  }
  if (typeof change.from !== 'string') {
    const changed = text.replaceAll(change.from, change.to)
    if (changed === text) throw missing(change.file, String(change.from))
    return changed
  }
  const start = only(text, change.from, change.file)
  return text.slice(0, start) + change.to + text.slice(start + change.from.length)
}

function only(text: string, wanted: string, file: string): number {
  const start = text.indexOf(wanted)
  if (start < 0) throw missing(file, wanted)
  if (text.includes(wanted, start + 1)) throw new Error(`${file}: there is more than one "${wanted}"`)
  return start
}

const missing = (file: string, wanted: string) => new Error(`${file}: there is no "${wanted}"`)

/** Text instead of links that lead to what is gone. */
export function unlink(text: string, isGone: (target: string) => boolean): string {
  return text.replace(/(?<!!)\[([^\]]*)\]\(([^)#\s]+)[^)]*\)/g, (link, words: string, target: string) =>
    isGone(target) ? words : link,
  )
}
