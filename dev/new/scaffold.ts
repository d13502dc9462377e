import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ExpectedError } from '../lib/expected-error.ts'
import { type Name, type Template, templates } from './templates.ts'

export interface Scaffolded {
  /** Paths relative to the checkout. */
  readonly written: readonly string[]
  /** What is left for the author to do. */
  readonly next: string
}

const usage = `Usage: npm run new -- KIND NAME
  KIND  ${Object.keys(templates).join(', ')}
  NAME  in snake_case, as clients and metrics will see it: order_status`

/**
 * Writes the files of a template, all or none.
 *
 * @throws ExpectedError if the arguments are wrong or a file is there already
 */
export function scaffold(root: string, [kind, name, ...rest]: readonly string[]): Scaffolded {
  const template: Template | undefined = kind && Object.hasOwn(templates, kind) ? templates[kind] : undefined
  if (!template || name === undefined || rest.length > 0) throw new ExpectedError(usage)
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name) || name.length > 60)
    throw new ExpectedError(`"${name}" must be snake_case, of at most 60 characters.\n\n${usage}`)

  const files = template.files(formsOf(name))
  const taken = Object.keys(files).find((file) => existsSync(join(root, file)))
  if (taken) throw new ExpectedError(`${taken} is there already. Choose another name, or delete it first.`)
  const edits = (template.edits?.(formsOf(name)) ?? []).map(({ file, from, to }) => {
    const text = readFileSync(join(root, file), 'utf8')
    if (!text.includes(from))
      throw new ExpectedError(`${file} no longer has the line "${from}" to go on from.`)
    return { file, text: text.replace(from, to) }
  })

  for (const { file, text } of [...Object.entries(files).map(([file, text]) => ({ file, text })), ...edits]) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return {
    written: [...Object.keys(files), ...edits.map(({ file }) => file)],
    next: template.next(formsOf(name)),
  }
}

function formsOf(snake: string): Name {
  const words = snake.split('_')
  const [first = '', ...others] = words
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
  return {
    snake,
    kebab: words.join('-'),
    camel: [first, ...others.map(capital)].join(''),
    title: [capital(first), ...others].join(' '),
  }
}
