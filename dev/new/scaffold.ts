import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'
import { kinds } from './kinds.ts'

export interface Scaffolded {
  /** Paths relative to the checkout. */
  readonly written: readonly string[]
  readonly next: string
}

const usage = `Usage: npm run new -- KIND NAME
  KIND  ${Object.keys(kinds).join(', ')}
  NAME  in snake_case, for clients and metrics: order_status`

const templates = 'dev/new/templates'

/**
 * Copies the templates of a kind under a new name, all or none.
 *
 * @throws ExpectedError if an argument is invalid or a file exists
 */
export function scaffold([kindName = '', name, ...rest]: readonly string[]): Scaffolded {
  const kind = Object.hasOwn(kinds, kindName) ? kinds[kindName] : undefined
  if (!kind || name === undefined || rest.length > 0) throw new ExpectedError(usage)
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name) || name.length > 60)
    throw new ExpectedError(`"${name}" must be snake_case, of at most 60 characters.\n\n${usage}`)

  const texts = new Map<string, string>()
  for (const [template, target] of Object.entries(kind.files)) {
    const file = withName(target, name)
    if (existsSync(join(checkout, file)))
      throw new ExpectedError(`${file} is there already. Choose another name, or delete it first.`)
    const text = readFileSync(join(checkout, templates, template), 'utf8')
    texts.set(file, withName(withImportsFor(text, target, kind.files), name))
  }
  for (const [file, text] of texts) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true })
    writeFileSync(join(checkout, file), text)
  }
  return { written: [...texts.keys()], next: withName(kind.next, name) }
}

/** Rewrites relative imports of a template for its target folder. */
function withImportsFor(text: string, target: string, files: Readonly<Record<string, string>>): string {
  return text.replace(/(?<=from ')\.[^']+(?=')/g, (path) => {
    const from = posix.join(templates, path)
    const to = files[posix.relative(templates, from)] ?? from
    const relative = posix.relative(posix.dirname(target), to)
    return relative.startsWith('.') ? relative : `./${relative}`
  })
}

/** Replaces the example name in all its spellings. */
function withName(text: string, snake: string): string {
  const [first = '', ...others] = snake.split('_')
  const capitalize = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
  return text
    .replaceAll('example_name', snake)
    .replaceAll('EXAMPLE_NAME', snake.toUpperCase())
    .replaceAll('example-name', [first, ...others].join('-'))
    .replaceAll('exampleName', [first, ...others.map(capitalize)].join(''))
    .replaceAll('Example name', [capitalize(first), ...others].join(' '))
}
