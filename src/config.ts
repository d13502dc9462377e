import { z } from 'zod'

/** Everything the server can be told from outside, typed. `.env.example` describes each variable. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Origin under which clients and browsers reach this server, without a trailing slash. */
  readonly publicUrl: string
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly externalApiUrl: string
  /** Host names (no port) that a request's Host header may carry. */
  readonly allowedHosts: readonly string[]
  /** Host names (no scheme, no port) that a browser's Origin header may carry. */
  readonly allowedOrigins: readonly string[]
  readonly log: LogConfig
}

export interface LogConfig {
  readonly level: 'error' | 'warn' | 'info' | 'debug'
  readonly format: 'json' | 'pretty'
}

export type DataConfig = Pick<Config, 'databaseUrl' | 'redisUrl' | 'log'>

/** Lists every problem at once; holds variable names and rules, never values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    )
  }
}

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  })

const hostNames = z
  .string()
  .transform((list) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )
  .pipe(
    z.array(
      z
        .string()
        .regex(
          /^(\[[0-9a-f:.]+\]|[a-z0-9.*-]+|[a-z-]+:\/\/\*)$/i,
          'must be a comma-separated list of host names without scheme, port or path',
        ),
    ),
  )

const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true')

const dataVariables = {
  DATABASE_URL: url('postgres:', 'postgresql:'),
  REDIS_URL: url('redis:', 'rediss:'),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug'], 'must be error, warn, info or debug').default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], 'must be json or pretty').optional(),
}

const serverVariables = {
  ...dataVariables,
  PORT: z.coerce
    .number('must be a port number')
    .int('must be a whole number')
    .min(0, 'must be 0 to 65535')
    .max(65535, 'must be 0 to 65535')
    .default(8080),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: url('http:', 'https:').optional(),
  EXTERNAL_API_URL: url('http:', 'https:').default('https://en.wikipedia.org'),
  ALLOWED_HOSTS: hostNames.optional(),
  ALLOWED_ORIGINS: hostNames.optional(),
  AUTH_MODE: z.enum(['none'], 'must be none').default('none'),
  ALLOW_ANONYMOUS: flag.default(false),
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the server's configuration.
 * @throws ConfigError naming every variable that is missing or wrong
 */
export function loadConfig(env: Environment, stdoutIsTerminal = false): Config {
  const variables = parse(serverVariables, env, (values) =>
    values.AUTH_MODE === 'none' && !values.ALLOW_ANONYMOUS && !isLoopback(values.HOST)
      ? [
          'ALLOW_ANONYMOUS: must be true to listen beyond this machine (HOST) without authentication (AUTH_MODE)',
        ]
      : [],
  )
  const publicUrl = (variables.PUBLIC_URL ?? `http://localhost:${variables.PORT}`).replace(/\/+$/, '')
  const ownNames = [...new Set([...loopbackHosts, new URL(publicUrl).hostname])]
  return {
    port: variables.PORT,
    host: variables.HOST,
    publicUrl,
    externalApiUrl: variables.EXTERNAL_API_URL.replace(/\/+$/, ''),
    allowedHosts: variables.ALLOWED_HOSTS ?? ownNames,
    allowedOrigins: variables.ALLOWED_ORIGINS ?? ownNames,
    ...dataConfig(variables, stdoutIsTerminal),
  }
}

/**
 * Reads what the jobs (migrate, ingest) need: the stores and the log.
 * @throws ConfigError naming every variable that is missing or wrong
 */
export function loadDataConfig(env: Environment, stdoutIsTerminal = false): DataConfig {
  return dataConfig(parse(dataVariables, env), stdoutIsTerminal)
}

function dataConfig(variables: Parsed<typeof dataVariables>, stdoutIsTerminal: boolean): DataConfig {
  return {
    databaseUrl: variables.DATABASE_URL,
    redisUrl: variables.REDIS_URL,
    log: {
      level: variables.LOG_LEVEL,
      format: variables.LOG_FORMAT ?? (stdoutIsTerminal ? 'pretty' : 'json'),
    },
  }
}

type Parsed<V extends z.ZodRawShape> = z.output<z.ZodObject<V>>

function parse<V extends z.ZodRawShape>(
  variables: V,
  env: Environment,
  crossCheck: (values: Parsed<V>) => string[] = () => [],
): Parsed<V> {
  // A variable set to nothing means unset: that is what compose files and shells pass on.
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
  const result = z.object(variables).safeParse(set)
  if (!result.success) {
    throw new ConfigError(
      result.error.issues.map(({ path, message }) => {
        const name = String(path[0])
        return `${name}: ${set[name] === undefined ? 'is required' : message}`
      }),
    )
  }
  const problems = crossCheck(result.data)
  if (problems.length > 0) throw new ConfigError(problems)
  return result.data
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
