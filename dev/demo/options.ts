import { parseArgs } from 'node:util'

export interface DemoOptions {
  readonly url: URL
  readonly seed: number
  readonly users: number
  /** Of all users together, in calls a second. */
  readonly rate: number
  /** How long the traffic goes on; undefined: until a signal ends it. */
  readonly durationMs: number | undefined
  /** Least time between two calls that reach the external API. */
  readonly externalEveryMs: number
  readonly summaryEveryMs: number
}

export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const usage = `Traffic of simulated users for a running MCP server.

  --url URL               DEMO_URL             where the server answers (http://localhost:8080/mcp)
  --seed N                DEMO_SEED            the same seed, the same sequence (1)
  --users N               DEMO_USERS           how many users there are (8)
  --rate N                DEMO_RATE            calls a second of all users together (4)
  --duration SECONDS      DEMO_DURATION        how long; 0: until SIGTERM or Ctrl-C (0)
  --external-every SECONDS  DEMO_EXTERNAL_EVERY  least time between two calls that reach the external API (5)
  --summary-every SECONDS   DEMO_SUMMARY_EVERY   time between two summary lines (30)
`

const strings = { type: 'string' } as const
const flags = {
  url: strings,
  seed: strings,
  users: strings,
  rate: strings,
  duration: strings,
  'external-every': strings,
  'summary-every': strings,
  help: { type: 'boolean' },
} as const

/**
 * Reads flags first, then DEMO_* variables, then defaults; a variable set to nothing counts as unset.
 *
 * @returns undefined when only help is wanted
 * @throws UsageError naming what is wrong
 */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): DemoOptions | undefined {
  const values = parse(args)
  if (values.help) return undefined

  function text(name: Exclude<keyof typeof flags, 'help'>, fallback: string): string {
    return values[name] ?? (env[`DEMO_${name.toUpperCase().replace('-', '_')}`] || fallback)
  }
  function number(name: Exclude<keyof typeof flags, 'help' | 'url'>, fallback: string, least: number) {
    const value = Number(text(name, fallback))
    if (!(value >= least && value < 1e9)) throw new UsageError(`${name} must be a number from ${least} on.`)
    return value
  }

  const url = text('url', 'http://localhost:8080/mcp')
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new UsageError('url must be an http:// URL.')
  const durationS = number('duration', '0', 0)
  return {
    url: new URL(url),
    seed: number('seed', '1', 0),
    users: Math.round(number('users', '8', 1)),
    rate: number('rate', '4', 0.01),
    durationMs: durationS === 0 ? undefined : durationS * 1_000,
    externalEveryMs: number('external-every', '5', 0) * 1_000,
    summaryEveryMs: number('summary-every', '30', 0.1) * 1_000,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
