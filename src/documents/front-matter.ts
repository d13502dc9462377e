import { parse as parseToml, TomlError } from 'smol-toml'
import { isMap, parseDocument } from 'yaml'
import { MarkdownError } from './problem.ts'

export interface FrontMatter {
  readonly values: Readonly<Record<string, unknown>>
  readonly text: string
  /** Set if an opening mark has no closing one. */
  readonly warning?: string
}

/** Bounds the parsers, which take seconds for hostile input of a megabyte. */
const maxLength = 20_000

const formats = {
  '---': { end: /^(?:---|\.\.\.)[ \t]*$/m, parse: readYaml, firstKey: /^["']?[\w-]+["']?:(?:\s|$)/ },
  '+++': { end: /^\+\+\+[ \t]*$/m, parse: readToml, firstKey: /^[\w"'.-]+\s*=/ },
}

/**
 * Splits YAML (`---`) or TOML (`+++`) front matter from the text. Only a mapping right below a mark on the first line
 * is front matter: Markdown has `---` as a rule and under headings, too.
 * @throws MarkdownError if it is meant as front matter but cannot be parsed
 */
export function splitFrontMatter(content: string): FrontMatter {
  const [opening = '', mark = ''] = /^(---|\+\+\+)[ \t]*\n/.exec(content) ?? []
  const format = formats[mark as keyof typeof formats]
  if (format === undefined) return { values: {}, text: content }
  const rest = content.slice(opening.length)
  const end = format.end.exec(rest)
  const isMeant = format.firstKey.test(rest.split('\n', 100).find((line) => !/^\s*(?:#|$)/.test(line)) ?? '')
  if (end === null) {
    const warning = `front matter without a closing "${mark}"; read as text`
    return { values: {}, text: content, ...(isMeant ? { warning } : {}) }
  }
  const source = rest.slice(0, end.index).trimEnd()
  if (isMeant && source.length > maxLength)
    throw new MarkdownError(`front matter exceeds ${maxLength} characters`)
  const values = source === '' ? {} : source.length > maxLength ? undefined : format.parse(source, isMeant)
  if (values === undefined) return { values: {}, text: content }
  return { values, text: rest.slice(end.index + end[0].length).replace(/^\n/, '') }
}

/** @returns undefined if the source is not a mapping */
function readYaml(source: string, isMeant: boolean): Record<string, unknown> | undefined {
  const parsed = parseYaml(source)
  if (!(parsed instanceof MarkdownError)) return parsed
  // Authors write `title: Foo: bar`, `title: @scope/pkg` and `title: *new*`, which YAML wants in quotes.
  const quoted = parseYaml(
    source.replace(
      /^([\w-]+):[ \t]+([^\s'"|>[\]{}#-].*)$/gm,
      (_, key, value) => `${key}: ${JSON.stringify(value.trimEnd())}`,
    ),
  )
  if (!(quoted instanceof MarkdownError)) return quoted
  if (isMeant) throw parsed
  return undefined
}

/** Every scalar as its source text, so that `1.10`, `no` and `2024-01-01` stay as written. */
function parseYaml(source: string): Record<string, unknown> | undefined | MarkdownError {
  try {
    const document = parseDocument(source, { schema: 'failsafe', customTags: ['null'] })
    const [error] = document.errors
    if (error !== undefined)
      return invalidYaml(error.message.replace(/ at line [\s\S]*/, ''), (error.linePos?.[0].line ?? 0) + 1)
    return isMap(document.contents) ? document.toJS() : undefined
  } catch (failure) {
    // An alias without an anchor, too many aliases or too much nesting.
    return invalidYaml((failure as Error).message)
  }
}

const invalidYaml = (reason: string, line?: number) =>
  new MarkdownError(`the front matter is not valid YAML: ${reason}`, line)

function readToml(source: string): Record<string, unknown> {
  try {
    return parseToml(source, { integersAsBigInt: true })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [, reason = ''] = /^Invalid TOML document: (.*)/.exec(error.message) ?? []
    throw new MarkdownError(`the front matter is not valid TOML: ${reason}`, error.line + 1)
  }
}
