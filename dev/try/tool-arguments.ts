import { ExpectedError } from '../lib/expected-error.ts'

/** As much of a tool's JSON Schema as is needed to read words. */
export interface InputSchema {
  readonly properties?: Readonly<Record<string, unknown>> | undefined
  readonly required?: readonly string[] | undefined
}

export type Arguments = Record<string, unknown>

/**
 * Makes a tool's arguments of the words on the command line: JSON, NAME=VALUE pairs, or the value of the one argument
 * that the tool must have. Whether they are right the server says.
 * @throws ExpectedError if words are left over that belong to no argument
 */
export function toArguments(words: readonly string[], schema: InputSchema): Arguments {
  const [first = ''] = words
  if (words.length === 1 && first.startsWith('{')) return fromJson(first)
  const properties = schema.properties ?? {}
  const given: Arguments = {}
  const rest: string[] = []
  for (const word of words) {
    const [, name, value] = /^([\w.-]+)=([\s\S]*)$/.exec(word) ?? []
    if (name === undefined || value === undefined || !(name in properties)) rest.push(word)
    else if (typeOf(properties[name]) === 'array') {
      given[name] = [...((given[name] as unknown[] | undefined) ?? []), value]
    } else given[name] = converted(value, typeOf(properties[name]))
  }
  if (rest.length === 0) return given
  const open = (schema.required ?? []).filter((name) => !(name in given))
  const [only] = open
  if (only === undefined || open.length > 1)
    throw new ExpectedError(
      `What is "${rest.join(' ')}" for? Name the arguments: ${Object.keys(properties)
        .map((name) => `${name}=…`)
        .join(' ')}`,
    )
  return { ...given, [only]: converted(rest.join(' '), typeOf(properties[only])) }
}

/** How a tool is called, in one line: `my_tool text=… [limit=…]`. */
export function synopsis(tool: string, { properties = {}, required = [] }: InputSchema): string {
  const names = Object.keys(properties).map((name) => (required.includes(name) ? `${name}=…` : `[${name}=…]`))
  return [tool, ...names].join(' ')
}

function fromJson(text: string): Arguments {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ExpectedError(`The arguments begin like JSON, but are none: ${(cause as Error).message}`)
  }
}

const typeOf = (property: unknown): unknown => (property as { type?: unknown } | undefined)?.type

/** Words are text; where the schema wants something else and the word can be read so, it is. */
function converted(value: string, type: unknown): unknown {
  if (type === 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
