export interface DemoOptions {
  readonly url: URL
  readonly seed: number
  readonly users: number
  /** Of all users together. */
  readonly callsPerSecond: number
  /** undefined: until a signal stops it. */
  readonly durationMs: number | undefined
  /** Least time between two calls that reach the external API. */
  readonly externalEveryMs: number
  readonly summaryEveryMs: number
}

export class OptionsError extends Error {
  override readonly name = 'OptionsError'
}

/**
 * Reads DEMO_* variables, an empty one as unset; times are in seconds.
 *
 * @throws OptionsError naming the variable
 */
export function readOptions(env: Readonly<Record<string, string | undefined>>): DemoOptions {
  function number(name: string, fallback: number, least: number): number {
    const value = Number(env[name] || fallback)
    if (value >= least && value < 1e9) return value
    throw new OptionsError(`${name} must be a number of at least ${least}`)
  }

  const url = env.DEMO_URL || 'http://localhost:8080/mcp'
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new OptionsError('DEMO_URL must be an http:// URL')
  const durationMs = number('DEMO_DURATION', 0, 0) * 1_000
  return {
    url: new URL(url),
    seed: number('DEMO_SEED', 1, 0),
    users: Math.round(number('DEMO_USERS', 8, 1)),
    callsPerSecond: number('DEMO_RATE', 4, 0.01),
    durationMs: durationMs || undefined,
    externalEveryMs: number('DEMO_EXTERNAL_EVERY', 5, 0) * 1_000,
    summaryEveryMs: number('DEMO_SUMMARY_EVERY', 30, 0.1) * 1_000,
  }
}
