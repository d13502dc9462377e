import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'
import { kinds } from './kinds.ts'

export interface Scaffolded {
  /** Paths relative to the checkout. */
  readonly written: readonly string[]
  readonly next: string
}

const usage = `Usage: npm run new -- KIND NAME
  KIND  ${Object.keys(kinds).join(', ')}
  NAME  in snake_case, as clients and metrics will see it: order_status`

const templates = 'dev/new/templates'

/**
 * Copies the templates of a kind under another name, all or none.
 *
 * @throws ExpectedError if the arguments are wrong or a file exists already
 */
export function scaffold(root: string, [kind = '', name, ...rest]: readonly string[]): Scaffolded {
  const found = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (!found || name === undefined || rest.length > 0) throw new ExpectedError(usage)
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name) || name.length > 60)
    throw new ExpectedError(`"${name}" must be snake_case, of at most 60 characters.\n\n${usage}`)

  const { files, next } = found
  const named = (text: string) => withName(text, name)
  const texts = new Map<string, string>()
  for (const [template, target] of Object.entries(files)) {
    if (existsSync(join(root, named(target))))
      throw new ExpectedError(`${named(target)} is there already. Choose another name, or delete it first.`)
    const text = readFileSync(join(root, templates, template), 'utf8')
    texts.set(named(target), named(moved(text, target, files)))
  }

  for (const [file, text] of texts) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return { written: [...texts.keys()], next: named(next) }
}

/** The text of a template with imports that lead to the same files from where it goes. */
function moved(text: string, target: string, files: Readonly<Record<string, string>>): string {
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
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
  return text
    .replaceAll('example_name', snake)
    .replaceAll('EXAMPLE_NAME', snake.toUpperCase())
    .replaceAll('example-name', [first, ...others].join('-'))
    .replaceAll('exampleName', [first, ...others.map(capital)].join(''))
    .replaceAll('Example name', [capital(first), ...others].join(' '))
}
