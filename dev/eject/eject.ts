import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'
import { beginnings, edits, packages, removed } from './samples.ts'

const starter = 'dev/eject/starter'

export interface Ejected {
  readonly removed: readonly string[]
  readonly written: readonly string[]
}

/**
 * Takes the sample out of a checkout and puts the starter in its place: all of it, or nothing.
 * @throws ExpectedError naming each file that is not as the sample has it
 */
export function eject(root: string): Ejected {
  const texts = new Map(
    filesBelow(join(root, starter))
      .filter((file) => file !== 'tsconfig.json')
      .map((file) => [file, readFileSync(join(root, starter, file), 'utf8')]),
  )
  const current = (file: string) => texts.get(file) ?? readFileSync(join(root, file), 'utf8')
  const problems = [...removed.filter((path) => !existsSync(join(root, path)))].map(
    (path) => `${path}: not found`,
  )
  for (const file of beginnings.filter((file) => existsSync(join(root, file))))
    problems.push(`${file}: exists already, and the starter has a file of this name`)
  for (const { file, remove } of edits) {
    const text = current(file)
    const rest = text.replace(remove, '')
    if (rest === text) problems.push(`${file}: does not contain ${remove}`)
    texts.set(file, rest)
  }
  if (problems.length > 0)
    throw new ExpectedError(
      `These files are not as the sample has them, so nothing was changed:\n${problems.map((problem) => `  ${problem}`).join('\n')}\ndev/eject/samples.ts lists what is removed.`,
    )

  for (const path of removed) rmSync(join(root, path), { recursive: true })
  for (const [file, text] of texts) write(join(root, file), text)
  return { removed, written: [...texts.keys(), ...unlinkRemoved(root)] }
}

/** Turns links to removed files into plain text. */
function unlinkRemoved(root: string): string[] {
  const isGone = (path: string) => removed.some((gone) => path === gone || path.startsWith(`${gone}/`))
  const files = filesBelow(join(root, 'docs')).map((file) => join('docs', file))
  return [...files, 'CONTRIBUTING.md', 'SECURITY.md'].filter((file) => {
    if (!file.endsWith('.md')) return false
    const text = readFileSync(join(root, file), 'utf8')
    const unlinked = text.replace(/(?<!!)\[([^\]]*)\]\(([^)#\s]+)[^)]*\)/g, (link, label, target) =>
      isGone(normalize(join(dirname(file), target))) ? label : link,
    )
    if (unlinked !== text) write(join(root, file), unlinked)
    return unlinked !== text
  })
}

/** Removes scripts and dependencies from package.json, and updates the lock file without a network. */
export function ejectPackages(root: string): void {
  const file = join(root, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  for (const name of packages.scripts) delete manifest.scripts[name]
  for (const name of packages.dependencies) {
    delete manifest.dependencies[name]
    delete manifest.devDependencies[name]
  }
  for (const name of packages.devDependencies) {
    manifest.devDependencies[name] = manifest.dependencies[name]
    delete manifest.dependencies[name]
  }
  manifest.devDependencies = Object.fromEntries(Object.entries(manifest.devDependencies).sort())
  write(file, `${JSON.stringify(manifest, undefined, 2)}\n`)
  const args = ['install', '--package-lock-only', '--offline', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', args, { cwd: root, stdio: 'pipe' })
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}
