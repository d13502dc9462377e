import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'
import { beginnings, edits, packages, removed } from './samples.ts'

const starter = 'dev/eject/starter'

/**
 * Replaces the sample with the starter, or changes nothing.
 * @returns the written files
 * @throws ExpectedError naming each file that differs from the sample
 */
export function eject(): readonly string[] {
  const texts = new Map(
    filesBelow(starter)
      .filter((file) => file !== 'tsconfig.json')
      .map((file) => [file, read(join(starter, file))]),
  )
  const exists = (path: string) => existsSync(join(checkout, path))
  const problems = [
    ...removed.filter((path) => !exists(path)).map((path) => `${path}: not found`),
    ...beginnings.filter(exists).map((path) => `${path}: exists already, and the starter has the same file`),
  ]
  for (const { file, remove } of edits) {
    const text = texts.get(file) ?? read(file)
    const rest = text.replace(remove, '')
    if (rest === text) problems.push(`${file}: does not contain ${remove}`)
    texts.set(file, rest)
  }
  if (problems.length > 0)
    throw new ExpectedError(
      `These files differ from the sample, so nothing was changed:\n${problems.map((problem) => `  ${problem}`).join('\n')}\nThe expected files are listed in dev/eject/samples.ts.`,
    )

  for (const path of removed) rmSync(join(checkout, path), { recursive: true })
  for (const [file, text] of texts) write(file, text)
  return [...texts.keys(), ...unlinkRemoved()]
}

/** Turns links to removed files into plain text. */
function unlinkRemoved(): string[] {
  const isRemoved = (path: string) => removed.some((gone) => path === gone || path.startsWith(`${gone}/`))
  const docs = filesBelow('docs').map((file) => join('docs', file))
  return [...docs, 'CONTRIBUTING.md', 'SECURITY.md'].filter((file) => {
    if (!file.endsWith('.md')) return false
    const text = read(file)
    const unlinked = text.replace(/(?<!!)\[([^\]]*)\]\(([^)#\s]+)[^)]*\)/g, (link, label, target) =>
      isRemoved(normalize(join(dirname(file), target))) ? label : link,
    )
    if (unlinked !== text) write(file, unlinked)
    return unlinked !== text
  })
}

/** Removes scripts and dependencies from package.json, and updates the lock file offline. */
export function ejectPackages(): void {
  const manifest = JSON.parse(read('package.json'))
  const { dependencies, devDependencies, scripts } = manifest
  for (const name of packages.scripts) delete scripts[name]
  for (const name of packages.devDependencies) devDependencies[name] = dependencies[name]
  for (const name of [...packages.dependencies, ...packages.devDependencies]) delete dependencies[name]
  for (const name of packages.dependencies) delete devDependencies[name]
  manifest.devDependencies = Object.fromEntries(Object.entries(devDependencies).sort())
  write('package.json', `${JSON.stringify(manifest, undefined, 2)}\n`)
  const args = ['install', '--package-lock-only', '--offline', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', args, { cwd: checkout, stdio: 'pipe' })
}

const read = (file: string): string => readFileSync(join(checkout, file), 'utf8')

function write(file: string, text: string): void {
  const path = join(checkout, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function filesBelow(folder: string): string[] {
  const root = join(checkout, folder)
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}
