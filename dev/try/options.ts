import { parseArgs } from 'node:util'
import { ExpectedError } from '../lib/expected-error.ts'

export interface TryOptions {
  /** undefined: the tools are listed. */
  readonly tool: string | undefined
  /** The words behind the tool: its arguments. */
  readonly words: readonly string[]
  /** undefined: the server of this checkout. */
  readonly url: URL | undefined
  readonly token: string | undefined
  /** undefined: the one that the server names. */
  readonly grafana: string | undefined
  /** Print all of a long result. */
  readonly full: boolean
}

export const usage = `Calls a tool, and shows the call as result, log line, metrics and trace.

  npm run try                                lists the tools
  npm run try -- TOOL VALUE                  VALUE for the one argument that TOOL must have
  npm run try -- TOOL NAME=VALUE NAME=VALUE  by name; several values of a list: NAME=ONE NAME=TWO
  npm run try -- TOOL '{"NAME": VALUE}'      as JSON

  --url URL      the MCP endpoint; else the server of this checkout, http://localhost:8080/mcp
  --token TOKEN  API key or access token, if the server asks for one; better in MCP_TOKEN
  --grafana URL  where logs, metrics and traces are; else what the server names, or GRAFANA_URL
  --full         all of a long result
`

const text = { type: 'string' } as const
const flags = {
  url: text,
  token: text,
  grafana: text,
  full: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

/**
 * @returns undefined when only help is wanted
 * @throws ExpectedError naming what is wrong
 */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): TryOptions | undefined {
  const { values, positionals } = parse(args)
  if (values.help) return undefined
  const [tool, ...words] = positionals
  return {
    tool,
    words,
    url: values.url === undefined ? undefined : endpoint(values.url),
    token: values.token ?? (env.MCP_TOKEN || undefined),
    grafana: (values.grafana ?? (env.GRAFANA_URL || undefined))?.replace(/\/+$/, ''),
    full: values.full === true,
  }
}

function endpoint(given: string): URL {
  if (!/^https?:\/\//.test(given) || !URL.canParse(given))
    throw new ExpectedError('--url must be an http:// or https:// URL.')
  const url = new URL(given)
  // People copy the address of the page.
  if (url.pathname === '/') url.pathname = '/mcp'
  return url
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true })
  } catch (error) {
    throw new ExpectedError(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  }
}
