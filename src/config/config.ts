import { hostname } from 'node:os'
import { z } from 'zod'
import { type DomainConfig, domainConfig } from './domain.ts'
import { databaseVariables, dataVariables, serverVariables } from './variables.ts'

/** The server's typed configuration. `.env.example` describes each variable. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Public base URL of this server, including its path if it has one, without a trailing slash. */
  readonly publicUrl: string
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly domain: DomainConfig
  /** Host names (no port) that a request's Host header may carry. */
  readonly allowedHosts: readonly string[]
  /** Host names (no scheme, no port) that a browser's Origin header may carry. */
  readonly allowedOrigins: readonly string[]
  /** Origins (scheme, host, port) whose pages may call the server and read its responses. */
  readonly corsOrigins: readonly string[]
  /** Proxies in front of the server, each of which adds an address to `X-Forwarded-For`. */
  readonly trustedProxyHops: number
  /** Requests per minute; undefined disables rate limiting. */
  readonly rateLimit: { readonly caller: number; readonly tool: number; readonly address: number } | undefined
  /** In lower case. */
  readonly disabledTools: readonly string[]
  readonly maxBodyBytes: number
  /** Limits on concurrent calls and open streams, per process. */
  readonly calls: { readonly total: number; readonly perCaller: number }
  readonly streams: { readonly total: number; readonly perCaller: number }
  /** Separate port for /health, /livez, /readyz and /metrics; undefined serves them on `port`. */
  readonly opsPort: number | undefined
  /** How long a connection stays open between two requests. */
  readonly keepAliveTimeoutMs: number
  /** How long the server keeps serving after /readyz fails, so that load balancers can notice. */
  readonly shutdownDelayMs: number
  readonly statsd:
    | {
        readonly host: string
        readonly port: number
        /** Identifies this process: host name and port. */
        readonly instance: string
      }
    | undefined
  readonly auth: AuthConfig
  /** Browser URLs that the page at `/` links to. */
  readonly watch: {
    readonly grafana: string | undefined
    readonly prometheus: string | undefined
    readonly alertmanager: string | undefined
  }
  /** Git commit of the running build. */
  readonly commit: string
  readonly log: LogConfig
}

export interface LogConfig {
  readonly level: 'error' | 'warn' | 'info' | 'debug'
  readonly format: 'json' | 'pretty'
}

/** How callers are authenticated. */
export type AuthConfig =
  | { readonly mode: 'none' | 'api-key' }
  | {
      readonly mode: 'oauth'
      /** Expected `iss` claim: the authorization server. */
      readonly issuer: string
      /** Expected `aud` claim. */
      readonly audience: string
      /** URL of its JWK set; discovered from its metadata if not set. */
      readonly jwksUrl: string | undefined
      /** Accepts only tokens whose header `typ` is `at+jwt`. */
      readonly requireAtJwt: boolean
    }

export type DatabaseConfig = Pick<Config, 'databaseUrl' | 'log'>
export type DataConfig = Pick<Config, 'databaseUrl' | 'redisUrl' | 'log'>

/** Lists every problem at once: variable names and rules, never values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(problems: readonly string[]) {
    super(
      `Invalid configuration (${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    )
  }
}

const defaultOpsPort = 9464
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the server's configuration.
 * @throws ConfigError naming every missing or invalid variable
 */
export function loadConfig(env: Environment, stdoutIsTerminal = false): Config {
  const variables = parse(serverVariables, env, crossCheck)
  const address = new URL(variables.PUBLIC_URL ?? `http://localhost:${variables.PORT}`)
  const publicUrl = `${address.origin}${address.pathname.replace(/\/+$/, '')}`
  const ownNames = [...new Set([...loopbackHosts, address.hostname])]
  return {
    port: variables.PORT,
    host: variables.HOST,
    publicUrl,
    domain: domainConfig(variables),
    allowedHosts: variables.ALLOWED_HOSTS ?? ownNames,
    // Every CORS origin passes the Origin check.
    allowedOrigins: [
      ...new Set([
        ...(variables.ALLOWED_ORIGINS ?? ownNames),
        ...variables.CORS_ORIGINS.map((origin) => new URL(origin).hostname),
      ]),
    ],
    corsOrigins: variables.CORS_ORIGINS,
    trustedProxyHops: variables.TRUSTED_PROXY_HOPS,
    rateLimit:
      variables.RATE_LIMIT === 'off'
        ? undefined
        : {
            caller: variables.RATE_LIMIT_CALLER_PER_MINUTE,
            tool: variables.RATE_LIMIT_TOOL_PER_MINUTE,
            address: variables.RATE_LIMIT_IP_PER_MINUTE,
          },
    disabledTools: variables.DISABLED_TOOLS,
    maxBodyBytes: variables.MAX_BODY_BYTES,
    calls: { total: variables.MAX_CONCURRENT_CALLS, perCaller: variables.MAX_CONCURRENT_CALLS_PER_CALLER },
    streams: { total: variables.MAX_STREAMS, perCaller: variables.MAX_STREAMS_PER_CALLER },
    opsPort: opsPort(variables),
    keepAliveTimeoutMs: variables.KEEP_ALIVE_TIMEOUT_MS,
    shutdownDelayMs: variables.SHUTDOWN_DELAY_MS,
    statsd:
      variables.STATSD_HOST === undefined
        ? undefined
        : {
            host: variables.STATSD_HOST,
            port: variables.STATSD_PORT,
            instance: `${hostname()}:${variables.PORT}`,
          },
    auth: authConfig(variables, publicUrl),
    watch: {
      grafana: variables.GRAFANA_URL,
      prometheus: variables.PROMETHEUS_URL,
      alertmanager: variables.ALERTMANAGER_URL,
    },
    commit: variables.COMMIT,
    ...dataConfig(variables, stdoutIsTerminal),
  }
}

/**
 * Reads the configuration of jobs: stores and log.
 * @throws ConfigError naming every missing or invalid variable
 */
export function loadDataConfig(env: Environment, stdoutIsTerminal = false): DataConfig {
  return dataConfig(parse(dataVariables, env), stdoutIsTerminal)
}

/**
 * Reads the configuration of programs that only use PostgreSQL.
 * @throws ConfigError naming every missing or invalid variable
 */
export function loadDatabaseConfig(env: Environment, stdoutIsTerminal = false): DatabaseConfig {
  return databaseConfig(parse(databaseVariables, env), stdoutIsTerminal)
}

function authConfig(variables: Parsed<typeof serverVariables>, publicUrl: string): AuthConfig {
  if (variables.AUTH_MODE !== 'oauth') return { mode: variables.AUTH_MODE }
  return {
    mode: 'oauth',
    // `checkIssuer` has rejected a missing one.
    issuer: variables.OAUTH_ISSUER ?? '',
    audience: variables.OAUTH_AUDIENCE ?? `${publicUrl}/mcp`,
    jwksUrl: variables.OAUTH_JWKS_URL,
    requireAtJwt: variables.OAUTH_REQUIRE_AT_JWT,
  }
}

/** Beyond loopback the ops endpoints have a port of their own, so that clients cannot reach them. */
function opsPort({ HOST, PORT, OPS_PORT }: Parsed<typeof serverVariables>): number | undefined {
  if (OPS_PORT === undefined) return isLoopback(HOST) ? undefined : defaultOpsPort
  return OPS_PORT === PORT && PORT !== 0 ? undefined : OPS_PORT
}

function dataConfig(variables: Parsed<typeof dataVariables>, stdoutIsTerminal: boolean): DataConfig {
  return { redisUrl: variables.REDIS_URL, ...databaseConfig(variables, stdoutIsTerminal) }
}

function databaseConfig(
  variables: Parsed<typeof databaseVariables>,
  stdoutIsTerminal: boolean,
): DatabaseConfig {
  return {
    databaseUrl: variables.DATABASE_URL,
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
  crossCheck: (set: Environment) => string[] = () => [],
): Parsed<V> {
  // Compose files and shells pass on empty values, which count as unset; files of secrets end with a line break, and
  // `docker run --env-file` keeps quotation marks.
  const set = Object.fromEntries(
    Object.entries(env)
      .map(([name, value]) => [name, value?.trim().replace(/^(["'])(.*)\1$/, '$2')])
      .filter(([, value]) => value),
  ) as Record<string, string>
  const result = z.object(variables).safeParse(set)
  const problems = crossCheck(set)
  for (const { path, message } of result.error?.issues ?? []) {
    const name = String(path[0])
    problems.push(`${name}: ${set[name] === undefined ? 'is required' : message}`)
  }
  if (!result.success || problems.length > 0) throw new ConfigError(problems)
  return result.data
}

const crossCheck = (set: Environment): string[] => [...checkAnonymousAccess(set), ...checkIssuer(set)]

function checkIssuer({ AUTH_MODE, OAUTH_ISSUER }: Environment): string[] {
  return AUTH_MODE === 'oauth' && OAUTH_ISSUER === undefined
    ? ['OAUTH_ISSUER: is required when AUTH_MODE is oauth']
    : []
}

function checkAnonymousAccess({
  HOST = '127.0.0.1',
  AUTH_MODE = 'none',
  ALLOW_ANONYMOUS,
}: Environment): string[] {
  return AUTH_MODE === 'none' && ALLOW_ANONYMOUS !== 'true' && !isLoopback(HOST)
    ? ['HOST is not loopback and AUTH_MODE is none: set ALLOW_ANONYMOUS=true to accept anonymous callers']
    : []
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Names of all variables of the server and its jobs. */
export const configVariables: readonly string[] = Object.keys(serverVariables)
