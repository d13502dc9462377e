import { ExpectedError } from '../lib/expected-error.ts'

/** The parts of a tool's JSON Schema that argument parsing needs. */
export interface InputSchema {
  readonly properties?: Readonly<Record<string, unknown>> | undefined
  readonly required?: readonly string[] | undefined
}

export type Arguments = Record<string, unknown>

/**
 * Parses words of the command line: JSON, NAME=VALUE pairs, or the value of the one required argument. The server
 * validates the result.
 * @throws ExpectedError if a word belongs to no argument
 */
export function toArguments(words: readonly string[], schema: InputSchema): Arguments {
  const [first = ''] = words
  if (words.length === 1 && first.startsWith('{')) return fromJson(first)
  const { properties = {}, required = [] } = schema
  const parsed: Arguments = {}
  const rest: string[] = []
  for (const word of words) {
    const [, name, value] = /^([\w.-]+)=([\s\S]*)$/.exec(word) ?? []
    if (name === undefined || value === undefined || !(name in properties)) rest.push(word)
    else if (typeOf(properties[name]) === 'array') {
      parsed[name] = [...((parsed[name] as unknown[] | undefined) ?? []), value]
    } else parsed[name] = convert(value, typeOf(properties[name]))
  }
  if (rest.length === 0) return parsed
  const [target, ...others] = required.filter((name) => !(name in parsed))
  if (target === undefined || others.length > 0)
    throw new ExpectedError(
      `No argument for "${rest.join(' ')}". Name the arguments: ${Object.keys(properties)
        .map((name) => `${name}=…`)
        .join(' ')}`,
    )
  return { ...parsed, [target]: convert(rest.join(' '), typeOf(properties[target])) }
}

/** One line of usage: `my_tool text=… [limit=…]`. */
export function synopsis(tool: string, { properties = {}, required = [] }: InputSchema): string {
  const names = Object.keys(properties).map((name) => (required.includes(name) ? `${name}=…` : `[${name}=…]`))
  return [tool, ...names].join(' ')
}

function fromJson(text: string): Arguments {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ExpectedError(`Invalid JSON arguments: ${(cause as Error).message}`)
  }
}

const typeOf = (property: unknown): unknown => (property as { type?: unknown } | undefined)?.type

/** Converts a word to the type in the schema; keeps the text if it cannot, for the server to reject. */
function convert(value: string, type: unknown): unknown {
  if (type === 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
