import type { UsersOptions } from './user.ts'

export class OptionsError extends Error {
  override readonly name = 'OptionsError'
}

/**
 * Reads DEMO_* variables; empty means unset, DEMO_EXTERNAL_EVERY is in seconds.
 *
 * @throws OptionsError naming the variable
 */
export function readOptions(
  env: Readonly<Record<string, string | undefined>>,
): Omit<UsersOptions, 'onResult' | 'signal'> {
  function number(name: string, fallback: number, min: number): number {
    const value = Number(env[name] || fallback)
    if (value >= min && value < 1e9) return value
    throw new OptionsError(`${name} must be a number of at least ${min}`)
  }

  const url = env.DEMO_URL || 'http://localhost:8080/mcp'
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new OptionsError('DEMO_URL must be an http:// or https:// URL')
  return {
    url: new URL(url),
    users: Math.round(number('DEMO_USERS', 8, 1)),
    callsPerSecond: number('DEMO_RATE', 4, 0.01),
    externalEveryMs: number('DEMO_EXTERNAL_EVERY', 5, 0) * 1_000,
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT || undefined,
  }
}
