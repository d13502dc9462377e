/** Files, npm scripts and compose services that documents may name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parse } from 'yaml'

/** Generated folders. */
const generated = new Set(['node_modules', 'dist', '.git', '.local'])

function listPaths(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !generated.has(name))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name)
      return entry.isDirectory() ? [path, ...listPaths(path)] : [path]
    })
}

/** All files and folders of the checkout. */
export const paths: readonly string[] = listPaths('.')
export const topFolders = new Set([...paths.flatMap((path) => path.split('/').slice(0, -1)[0] ?? []), 'dist'])

const pathsAsText = paths.join('\n')

/**
 * Whether a path exists. `*` and words in capitals match any name; `dist` maps to `src`.
 *
 * @param anywhere whether the path may start in any folder
 */
export function hasPath(path: string, { anywhere = false } = {}): boolean {
  const plain = posix
    .normalize(path)
    .replace(/\/$/, '')
    .replace(/^dist(\/|$)/, 'src$1')
    .replace(/^(src\/.*)\.js$/, '$1.ts')
  const pattern = plain
    .replaceAll(/[.+?^$()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\{([^}]*)\}/g, (_, names: string) => `(?:${names.replaceAll(',', '|')})`)
    .replaceAll(/\*|\b[A-Z][A-Z_]+\b(?!\\\.md)/g, '[^/\n]*')
  return new RegExp(anywhere ? `(?:^|/)${pattern}$` : `^${pattern}$`, 'm').test(pathsAsText)
}

/** npm scripts of the package in a folder; undefined without a package.json. */
export function scriptsIn(folder: string): Readonly<Record<string, string>> | undefined {
  const file = join(folder, 'package.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).scripts ?? {}) : undefined
}

interface ComposeFile {
  readonly services: Readonly<
    Record<string, { profiles?: string[]; ports?: string[]; environment?: Record<string, unknown> }>
  >
}
const composeText = readFileSync('docker-compose.yml', 'utf8')
const compose: ComposeFile = parse(composeText, { merge: true })
export const composeServices = Object.keys(compose.services)
export const composeProfiles = Object.values(compose.services).flatMap(({ profiles }) => profiles ?? [])
export const composeVariables = [
  ...[...composeText.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name),
  ...Object.values(compose.services).flatMap(({ environment }) => Object.keys(environment ?? {})),
]
/** Default host ports of the compose services. */
export const publishedPorts = Object.values(compose.services)
  .flatMap(({ ports }) => ports ?? [])
  .map((port) => Number(/:-(\d+)\}/.exec(port)?.[1] ?? /(\d+):\d+$/.exec(port)?.[1]))
