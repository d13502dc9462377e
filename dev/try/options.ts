import { parseArgs } from 'node:util'
import { ExpectedError } from '../lib/expected-error.ts'

export interface TryOptions {
  /** undefined: list the tools. */
  readonly tool: string | undefined
  /** The tool's arguments, as words of the command line. */
  readonly words: readonly string[]
  /** undefined: the server of this checkout. */
  readonly url: URL | undefined
  readonly token: string | undefined
  /** undefined: the Grafana that the server links to. */
  readonly grafana: string | undefined
  readonly full: boolean
}

export const usage = `Calls a tool, and shows the call as result, log line, metrics and trace.

  npm run try                                lists the tools
  npm run try -- TOOL VALUE                  VALUE for the one required argument of TOOL
  npm run try -- TOOL NAME=VALUE NAME=VALUE  by name; several values of a list: NAME=ONE NAME=TWO
  npm run try -- TOOL '{"NAME": VALUE}'      as JSON

  --url URL      MCP endpoint (default: the server of this checkout, or http://localhost:8080/mcp)
  --token TOKEN  API key or access token; prefer the variable MCP_TOKEN
  --grafana URL  Grafana with logs, metrics and traces (default: GRAFANA_URL, or the server's link)
  --full         prints a long result in full
`

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

/**
 * @returns undefined for --help
 * @throws ExpectedError on an invalid option
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
  // Users copy the address of the start page.
  if (url.pathname === '/') url.pathname = '/mcp'
  return url
}

function parse(args: readonly string[]) {
  const options = { url: text, token: text, grafana: text, full: flag, help: flag }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new ExpectedError(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  }
}
