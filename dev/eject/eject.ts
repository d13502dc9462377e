import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'
import { applyChange, unlink } from './changes.ts'
import { beginnings, changes, dependencies, devDependencies, removed, scripts, starter } from './samples.ts'

export interface Ejected {
  readonly removed: readonly string[]
  readonly written: readonly string[]
}

/** Whether there is something of the samples left. */
export const hasSamples = (root: string): boolean => existsSync(join(root, 'src/documents'))

/**
 * Takes the samples out of a checkout and puts the starter in their place: all of it, or nothing.
 * @throws ExpectedError if a file is not as the samples have it
 */
export function eject(root: string): Ejected {
  const read = (file: string) => readFileSync(join(root, file), 'utf8')
  const there = removed.filter((path) => existsSync(join(root, path)))
  const isGone = (path: string) => removed.some((gone) => path === gone || path.startsWith(`${gone}/`))
  const texts = new Map(
    starter.map((file) => [file, read(join('dev/eject/starter', `${file}.template`))] as const),
  )
  const current = (file: string) => texts.get(file) ?? read(file)

  const problems = beginnings
    .filter((file) => existsSync(join(root, file)))
    .map((file) => `${file}: it is there already, and something else is to begin with`)
  for (const change of changes) {
    try {
      texts.set(change.file, applyChange(current(change.file), change))
    } catch (error) {
      problems.push((error as Error).message)
    }
  }
  for (const file of [...filesBelow(root, 'docs'), 'SECURITY.md'].filter((file) => file.endsWith('.md'))) {
    if (isGone(file)) continue
    const text = unlink(current(file), (target) => isGone(normalize(join(dirname(file), target))))
    if (text !== current(file)) texts.set(file, text)
  }
  if (problems.length > 0)
    throw new ExpectedError(
      `These files are not as the samples have them, so nothing was done:\n${problems.map((problem) => `  ${problem}`).join('\n')}\ndev/eject/samples.ts says what was to be changed.`,
    )

  for (const path of there) rmSync(join(root, path), { recursive: true })
  for (const [file, text] of texts) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return { removed: there, written: [...texts.keys()] }
}

/** Takes scripts and dependencies out of package.json, and brings the lock file into line without a network. */
export function ejectPackages(root: string): void {
  const file = join(root, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  for (const name of scripts) delete manifest.scripts[name]
  for (const name of dependencies) {
    delete manifest.dependencies[name]
    delete manifest.devDependencies[name]
  }
  for (const name of devDependencies) {
    manifest.devDependencies[name] = manifest.dependencies[name]
    delete manifest.dependencies[name]
  }
  manifest.devDependencies = Object.fromEntries(Object.entries(manifest.devDependencies).sort())
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`)
  const args = ['install', '--package-lock-only', '--offline', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', args, { cwd: root, stdio: 'pipe' })
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length))
}
