import { appendFileSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { service } from '../../src/config/package.ts'
import { run } from '../lib/command.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'
import { jobName, projectName } from '../lib/project-name.ts'
import { anyOf, type Names, namesOf, replacementsOf, replaceNames } from './names.ts'

/** Kept: output of `npm run generate`, and the license notice, which must remain in all copies. */
const skipped =
  /^(grafana\/dashboards\/|deploy\/kubernetes\/components\/monitoring\/prometheus-rule\.yaml$|LICENSE$)/

/**
 * Renames the project in every file of the checkout.
 *
 * @param force renames in spite of uncommitted changes
 * @returns a report
 * @throws ExpectedError before anything is written
 */
export function rename(wanted: Names, force: boolean): string {
  const old = namesOf(projectName, service.title)
  if (old.kebab === wanted.kebab && old.title === wanted.title && jobName === wanted.kebab)
    return `This project is called ${wanted.kebab} ("${wanted.title}") already.`
  if (!force && git('status', '--porcelain') !== '')
    throw new ExpectedError('There are changes that are not committed. Commit them first, or add --force.')

  const texts = readTexts()
  const replacements = replacementsOf(old, jobName, wanted)
  assertIsUnused([wanted.kebab, wanted.snake, wanted.title], texts, [...replacements.keys()])

  const changed: string[] = []
  for (const [file, text] of texts) {
    const renamed = renameIn(file, text, (part) => replaceNames(part, replacements))
    if (renamed === text) continue
    writeFileSync(join(checkout, file), renamed)
    changed.push(file)
  }
  // The spell checker may not know the words of the name.
  const words = `${wanted.kebab} ${wanted.title}`.split(/[ .-]/).join('\n')
  appendFileSync(join(checkout, '.cspell/project.txt'), `${words}\n`)
  // The length of a name changes line breaks.
  const options = ['--write', '--no-errors-on-unmatched', '--files-ignore-unknown=true']
  run('node_modules/.bin/biome', 'format', ...options, ...changed)
  run('npm', 'run', '--silent', 'generate')

  return `${old.kebab} is now ${wanted.kebab}, "${old.title}" is "${wanted.title}", and the job ${jobName} ${wanted.kebab}: ${changed.length} files,
plus generated files. Kept: the notice in LICENSE, and released versions in CHANGELOG.md.

Next: npm run check && npm test, review git diff, commit.
- Compose and Kubernetes treat the new name as a new project: the old one keeps running, with its data.
- Metric names stay (mcp_…). Series of the job ${jobName} end, those of ${wanted.kebab} begin.`
}

function readTexts(): Map<string, string> {
  const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')
  const texts = new Map<string, string>()
  for (const file of files) {
    const path = join(checkout, file)
    if (skipped.test(file) || !lstatSync(path, { throwIfNoEntry: false })?.isFile()) continue
    const text = readFileSync(path, 'utf8')
    if (!text.includes('\0')) texts.set(file, text)
  }
  return texts
}

function renameIn(file: string, text: string, replace: (part: string) => string): string {
  switch (basename(file)) {
    case 'package.json':
    case 'package-lock.json': {
      // Names of dependencies may contain the project's name.
      const json = JSON.parse(text)
      json.name = replace(json.name)
      if (json.description) json.description = replace(json.description)
      if (json.packages) json.packages[''].name = json.name
      return `${JSON.stringify(json, null, 2)}\n`
    }
    case 'CHANGELOG.md': {
      // Released versions keep their name.
      const [unreleased = '', ...released] = text.split(/^(?=## \[\d)/m)
      return replace(unreleased) + released.join('')
    }
    default:
      return replace(text)
  }
}

/** A name that already occurs as a word could not be renamed again. */
function assertIsUnused(
  names: readonly string[],
  texts: ReadonlyMap<string, string>,
  replaced: readonly string[],
): void {
  for (const [file, text] of texts) {
    // Usage examples of this command do not count.
    const rest = text.replace(/npm run rename -- .*/g, '').replace(anyOf(replaced), '')
    const [found] = anyOf(names).exec(rest) ?? []
    if (found)
      throw new ExpectedError(`"${found}" already means something else in ${file}. Choose another name.`)
  }
}

function git(...args: string[]): string {
  try {
    return run('git', ...args)
  } catch (error) {
    throw new ExpectedError(`This needs a git repository with a commit.\n${(error as Error).message}`)
  }
}
