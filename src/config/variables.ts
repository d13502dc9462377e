/** Every variable of the environment with its form and its default. A rule's text follows the variable's name and never shows its value. */
import { z } from 'zod'
import { isTrustworthyUrl } from '../auth/oauth/trustworthy-url.ts'
import { parseRedisGroup } from './redis-url.ts'

const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  })

/** An address for people to open: without what they would have to keep secret. */
const webAddress = url('http:', 'https:')
  .refine(withoutCredentials, 'must hold no user and password')
  .transform((value) => value.replace(/\/+$/, ''))

const hostName = String.raw`\[[0-9a-f:.]+\]|[a-z0-9.-]+`
/** A browser extension's origin has a name of its own in every installation (Firefox), so all of a scheme are meant. */
const extensionScheme = String.raw`[a-z-]+:\/\/\*`

const listOf = (pattern: string, rule: string) =>
  z
    .string()
    .transform((list) =>
      list
        .toLowerCase()
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .pipe(z.array(z.string().regex(new RegExp(`^(${pattern})$`), rule)))

/** As browsers send it, or it would never be equal to what they send. */
const isOrigin = (value: string): boolean => URL.canParse(value) && new URL(value).origin === value

const wholeNumber = (least: number, most: number) =>
  z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(least, `must be ${least} to ${most}`)
    .max(most, `must be ${least} to ${most}`)

const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true')

const port = z.coerce
  .number('must be a port number')
  .int('must be a whole number')
  .min(0, 'must be 0 to 65535')
  .max(65535, 'must be 0 to 65535')

const secureUrl = z
  .string()
  .refine(isTrustworthyUrl, 'must be a URL that starts with https://, or with http:// on this machine')
  .refine(
    (value) => !URL.canParse(value) || (new URL(value).username === '' && new URL(value).hash === ''),
    'must hold no user, password and fragment',
  )

export const databaseVariables = {
  DATABASE_URL: url('postgres:', 'postgresql:'),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug'], 'must be error, warn, info or debug').default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], 'must be json or pretty').optional(),
}

export const dataVariables = {
  ...databaseVariables,
  REDIS_URL: z
    .string()
    .refine(
      (value) => url('redis:', 'rediss:').safeParse(value).success || parseRedisGroup(value) !== undefined,
      'must be a URL that starts with redis:// or rediss://, or name hosts as redis+sentinel:// and redis+cluster:// do',
    ),
}

export const serverVariables = {
  ...dataVariables,
  PORT: port.default(8080),
  OPS_PORT: port.optional(),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: url('http:', 'https:')
    .refine((value) => !URL.canParse(value) || new URL(value).pathname === '/', 'must have no path')
    .optional(),
  // fetch refuses such a URL only when it is called, with an error that shows all of it.
  EXTERNAL_API_URL: url('http:', 'https:')
    .refine(withoutCredentials, 'must hold no user and password')
    .default('https://en.wikipedia.org'),
  ALLOWED_HOSTS: listOf(
    hostName,
    'must be a comma-separated list of host names, without scheme, port, path or *',
  ).optional(),
  ALLOWED_ORIGINS: listOf(
    `${hostName}|${extensionScheme}`,
    'must be a comma-separated list of host names without port and path, or SCHEME://* for browser extensions',
  ).optional(),
  CORS_ORIGINS: listOf(
    String.raw`https?:\/\/(${hostName})(:\d+)?`,
    'must be a comma-separated list of origins such as https://app.example.org, without a path',
  )
    .refine((origins) => origins.every(isOrigin), 'must name no port where it is the usual one of the scheme')
    .default([]),
  TRUSTED_PROXY_HOPS: wholeNumber(0, 10).default(0),
  RATE_LIMIT: z.enum(['on', 'off'], 'must be on or off').default('on'),
  RATE_LIMIT_CALLER_PER_MINUTE: wholeNumber(1, 1_000_000).default(600),
  RATE_LIMIT_TOOL_PER_MINUTE: wholeNumber(1, 1_000_000).default(300),
  RATE_LIMIT_IP_PER_MINUTE: wholeNumber(1, 1_000_000).default(1_200),
  MAX_CONCURRENT_CALLS: wholeNumber(1, 10_000).default(256),
  MAX_STREAMS: wholeNumber(1, 100_000).default(1_000),
  AUTH_MODE: z.enum(['none', 'api-key', 'oauth'], 'must be none, api-key or oauth').default('none'),
  ALLOW_ANONYMOUS: flag.default(false),
  OAUTH_ISSUER: secureUrl.optional(),
  OAUTH_AUDIENCE: z.string().optional(),
  OAUTH_JWKS_URL: secureUrl.optional(),
  SHUTDOWN_DELAY_MS: z.coerce
    .number('must be a number of milliseconds')
    .int('must be a whole number')
    .min(0, 'must be 0 to 60000')
    .max(60_000, 'must be 0 to 60000')
    .default(0),
  STATSD_HOST: z.string().optional(),
  STATSD_PORT: port.default(8125),
  GRAFANA_URL: webAddress.optional(),
  PROMETHEUS_URL: webAddress.optional(),
  ALERTMANAGER_URL: webAddress.optional(),
  COMMIT: z.string().default('unknown'),
}

function withoutCredentials(value: string): boolean {
  return !URL.canParse(value) || (new URL(value).username === '' && new URL(value).password === '')
}
