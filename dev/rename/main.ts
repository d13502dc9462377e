/** `npm run rename -- NAME`: renames the project in every file that contains its name. */
import { parseArgs } from 'node:util'
import { runMain } from '../lib/command.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { namesOf } from './names.ts'
import { rename } from './rename.ts'

const usage = `Usage: npm run rename -- my-server [--title "My server"] [--force]
  NAME     in kebab-case, for npm, images, Kubernetes and Prometheus
  --title  display name (default: derived from NAME)
  --force  renames in spite of uncommitted changes`

/** Kubernetes allows 63 characters, including suffixes. */
const maxLength = 40

await runMain(() => {
  const { values, positionals } = parse(process.argv.slice(2))
  const [name, ...rest] = positionals
  if (name === undefined || rest.length > 0) throw new ExpectedError(usage)
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > maxLength)
    throw new ExpectedError(
      `"${name}" must be kebab-case (a-z, 0-9, single dashes; a letter first), of at most ${maxLength} characters.\n\n${usage}`,
    )
  const title = values.title?.trim()
  // The title appears in sources, YAML, HTML and Markdown, which have no common escaping.
  if (title !== undefined && !/^[\p{L}\p{N}]([\p{L}\p{N} .-]{0,58}[\p{L}\p{N}])?$/u.test(title))
    throw new ExpectedError(
      `--title must be letters, digits, spaces, dots and dashes, at most 60.\n\n${usage}`,
    )
  console.log(rename(namesOf(name, title), values.force === true))
})

function parse(args: string[]) {
  try {
    const options = { title: { type: 'string' }, force: { type: 'boolean' } } as const
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new ExpectedError(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  }
}
