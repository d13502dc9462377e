import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { service } from '../../src/config/package.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { jobName, projectName } from '../lib/project-name.ts'
import { anyOf, namesOf, replacementsOf, replaceNames } from './names.ts'
import type { RenameOptions } from './options.ts'
import { readTexts, type Texts } from './texts.ts'

/** Written by `npm run generate`. */
const generated = ['grafana/dashboards/', 'deploy/kubernetes/components/monitoring/prometheus-rule.yaml']

/**
 * Changes every file of the checkout that says the project's name.
 *
 * @returns what was done, for people
 * @throws ExpectedError if it can't be done; nothing is written then
 */
export function rename(root: string, { names: wanted, force }: RenameOptions): string {
  const old = namesOf(projectName, service.title)
  if (old.kebab === wanted.kebab && old.title === wanted.title && jobName === wanted.kebab)
    return `This project is called ${wanted.kebab} ("${wanted.title}") already.`
  if (!force && git(root, 'status', '--porcelain') !== '')
    throw new ExpectedError('There are changes that are not committed. Commit them first, or add --force.')

  const texts = readTexts(root, git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'))
  for (const file of texts.keys()) if (generated.some((path) => file.startsWith(path))) texts.delete(file)
  const replacements = replacementsOf(old, jobName, wanted)
  assertIsUnused([wanted.kebab, wanted.snake, wanted.title], texts, [...replacements.keys()])

  const changed: string[] = []
  for (const [file, { text, renamed }] of texts) {
    const after = renamed((part) => replaceNames(part, replacements))
    if (after === text) continue
    writeFileSync(join(root, file), after)
    changed.push(file)
  }
  format(root, changed)
  execFileSync('npm', ['run', '--silent', 'generate'], { cwd: root, stdio: 'pipe' })

  return `${old.kebab} is now ${wanted.kebab}, "${old.title}" is "${wanted.title}", and the job ${jobName} ${wanted.kebab}: ${changed.length} files,
and what is generated from them. Left as it is: the notice in LICENSE, and what CHANGELOG.md says of released versions.

Next: npm run check && npm test, look at git diff, commit.
- Compose and Kubernetes take a new name for a new project: what runs under the old one goes on beside it, with its data.
- Metrics keep their names, which are those of the protocol (mcp_…). Series of the job ${jobName} end, those of ${wanted.kebab} begin.`
}

/** A name that is also a word here could never be told from that word again. */
function assertIsUnused(names: readonly string[], texts: Texts, replaced: readonly string[]): void {
  for (const [file, { text }] of texts) {
    // How the command is shown in the documentation is not a use.
    const rest = text.replace(/npm run rename -- .*/g, '').replace(anyOf(replaced), '')
    const [found] = anyOf(names).exec(rest) ?? []
    if (found)
      throw new ExpectedError(`"${found}" already means something else in ${file}. Choose another name.`)
  }
}

/** How long a name is decides where lines break. Which files that is for, biome.json knows. */
function format(root: string, files: readonly string[]): void {
  const options = ['--write', '--no-errors-on-unmatched', '--files-ignore-unknown=true']
  const biome = join(root, 'node_modules/.bin/biome')
  execFileSync(biome, ['format', ...options, ...files], { cwd: root, stdio: 'pipe' })
}

function git(root: string, ...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe', maxBuffer: 64 << 20 })
  } catch {
    throw new ExpectedError(
      'The files of this project are found by git. Make it a repository first: git init && git add . && git commit',
    )
  }
}
