import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Often enough for nobody to wait, and some milliseconds of work. */
const intervalMs = 250

/** What programs are made of; editors write other files beside them. */
const counted = /^[^.].*\.(ts|js|css|svg|json|sql)$/

/**
 * Tells which files of the folders have changed, come or gone, as soon as there was quiet for a moment. It looks at
 * the files rather than wait for the system to tell: shared folders of containers and virtual machines tell nothing.
 *
 * @param onChange is given paths relative to `root`
 * @returns ends it
 */
export function followChanges(
  root: string,
  folders: readonly string[],
  onChange: (files: readonly string[]) => void,
): () => void {
  let known = look(root, folders)
  const changed = new Set<string>()
  const timer = setInterval(() => {
    const seen = look(root, folders)
    const news = [...new Set([...seen.keys(), ...known.keys()])].filter(
      (file) => seen.get(file) !== known.get(file),
    )
    known = seen
    for (const file of news) changed.add(file)
    if (news.length > 0 || changed.size === 0) return
    const files = [...changed].sort()
    changed.clear()
    onChange(files)
  }, intervalMs)
  return () => clearInterval(timer)
}

/** The state of each file, as a text that differs when the file does. */
function look(root: string, folders: readonly string[]): Map<string, string> {
  const states = new Map<string, string>()
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !counted.test(entry.name)) continue
      const path = join(entry.parentPath, entry.name)
      // It may be gone by now.
      const stat = statSync(path, { throwIfNoEntry: false })
      if (stat) states.set(path.slice(root.length), `${stat.mtimeMs} ${stat.size} ${stat.ino}`)
    }
  }
  return states
}
