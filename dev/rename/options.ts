import { parseArgs } from 'node:util'
import { ExpectedError } from '../lib/expected-error.ts'
import { type Names, namesOf } from './names.ts'

export interface RenameOptions {
  readonly names: Names
  /** Go on although git has changes that are not committed, which the rename can then not be told from. */
  readonly force: boolean
}

const usage = `Usage: npm run rename -- my-server [--title "My server"] [--force]
  NAME     in kebab-case, as npm, images, Kubernetes and Prometheus will know it
  --title  as people will read it; else made from NAME
  --force  although there are changes that are not committed`

/** Kubernetes takes 63 characters, of which its own suffixes and ours need some. */
const longest = 40

/** @throws ExpectedError naming what is wrong */
export function readOptions(args: readonly string[]): RenameOptions {
  const { values, positionals } = parse(args)
  const [name, ...rest] = positionals
  if (name === undefined || rest.length > 0) throw new ExpectedError(usage)
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > longest)
    throw new ExpectedError(
      `"${name}" must be kebab-case (a-z, 0-9, single dashes; a letter first), of at most ${longest} characters.\n\n${usage}`,
    )
  const title = values.title?.trim()
  // It stands in sources, YAML, HTML and Markdown, and no quoting is right in all of them.
  if (title !== undefined && !/^[\p{L}\p{N}]([\p{L}\p{N} .-]{0,58}[\p{L}\p{N}])?$/u.test(title))
    throw new ExpectedError(
      `--title must be letters, digits, spaces, dots and dashes, at most 60.\n\n${usage}`,
    )
  return { names: namesOf(name, title), force: values.force === true }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { title: { type: 'string' }, force: { type: 'boolean' } },
      allowPositionals: true,
    })
  } catch (error) {
    throw new ExpectedError(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  }
}
