import type { UsersOptions } from './user.ts'

export interface DemoOptions extends Omit<UsersOptions, 'tally' | 'signal'> {
  /** undefined: until stopped by a signal. */
  readonly durationMs: number | undefined
  readonly summaryEveryMs: number
}

export class OptionsError extends Error {
  override readonly name = 'OptionsError'
}

/**
 * Reads DEMO_* variables; empty means unset, times are in seconds.
 *
 * @throws OptionsError naming the variable
 */
export function readOptions(env: Readonly<Record<string, string | undefined>>): DemoOptions {
  function number(name: string, fallback: number, min: number): number {
    const value = Number(env[name] || fallback)
    if (value >= min && value < 1e9) return value
    throw new OptionsError(`${name} must be a number of at least ${min}`)
  }

  const url = env.DEMO_URL || 'http://localhost:8080/mcp'
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new OptionsError('DEMO_URL must be an http:// or https:// URL')
  const durationMs = number('DEMO_DURATION', 0, 0) * 1_000
  return {
    url: new URL(url),
    seed: number('DEMO_SEED', 1, 0),
    users: Math.round(number('DEMO_USERS', 8, 1)),
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT || undefined,
    callsPerSecond: number('DEMO_RATE', 4, 0.01),
    durationMs: durationMs || undefined,
    externalEveryMs: number('DEMO_EXTERNAL_EVERY', 5, 0) * 1_000,
    summaryEveryMs: number('DEMO_SUMMARY_EVERY', 30, 0.1) * 1_000,
  }
}
