/** Every environment variable with its format and default. */
import { z } from 'zod'
import { domainVariables } from './domain.ts'
import {
  encodingRule,
  extensionScheme,
  flag,
  hasUnencodedCredentials,
  hostName,
  isOrigin,
  listOf,
  port,
  secureUrl,
  url,
  webAddress,
  wholeNumber,
} from './formats.ts'
import { parseRedisGroup } from './redis-url.ts'

export const databaseVariables = {
  DATABASE_URL: z
    .string()
    .refine((value) => !hasUnencodedCredentials(value), encodingRule)
    .pipe(url('postgres:', 'postgresql:')),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug'], 'must be error, warn, info or debug').default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], 'must be json or pretty').optional(),
}

export const dataVariables = {
  ...databaseVariables,
  REDIS_URL: z
    .string()
    .refine((value) => parseRedisGroup(value) !== undefined || !hasUnencodedCredentials(value), encodingRule)
    .refine(
      (value) => url('redis:', 'rediss:').safeParse(value).success || parseRedisGroup(value) !== undefined,
      'must be a redis://, rediss://, redis+sentinel:// or redis+cluster:// URL',
    ),
}

export const serverVariables = {
  ...dataVariables,
  ...domainVariables,
  PORT: port.default(8080),
  OPS_PORT: port.optional(),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: url('http:', 'https:')
    .refine((value) => !/[?#]|[^/]\/mcp\/?$/.test(value), 'must not end with /mcp, a query or a fragment')
    .refine(
      (value) => !URL.canParse(value) || /^[\w.~/-]*$/.test(new URL(value).pathname),
      'must have a path of letters, digits, - . _ ~ and / only',
    )
    .optional(),
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
    .refine((origins) => origins.every(isOrigin), 'must omit the default port')
    .default([]),
  TRUSTED_PROXY_HOPS: wholeNumber(0, 10).default(0),
  RATE_LIMIT: z.enum(['on', 'off'], 'must be on or off').default('on'),
  RATE_LIMIT_CALLER_PER_MINUTE: wholeNumber(1, 1_000_000).default(600),
  RATE_LIMIT_TOOL_PER_MINUTE: wholeNumber(1, 1_000_000).default(300),
  RATE_LIMIT_IP_PER_MINUTE: wholeNumber(1, 1_000_000).default(1_200),
  MAX_BODY_BYTES: wholeNumber(1_024, 16 * 1024 * 1024).default(1024 * 1024),
  MAX_CONCURRENT_CALLS: wholeNumber(1, 10_000).default(256),
  MAX_CONCURRENT_CALLS_PER_CALLER: wholeNumber(1, 10_000).default(32),
  MAX_STREAMS: wholeNumber(1, 100_000).default(1_000),
  MAX_STREAMS_PER_CALLER: wholeNumber(1, 100_000).default(20),
  DISABLED_TOOLS: listOf('[a-z0-9_.-]{1,128}', 'must be a comma-separated list of tool names').default([]),
  AUTH_MODE: z.enum(['none', 'api-key', 'oauth'], 'must be none, api-key or oauth').default('none'),
  ALLOW_ANONYMOUS: flag.default(false),
  OAUTH_ISSUER: secureUrl.optional(),
  OAUTH_AUDIENCE: z.string().optional(),
  OAUTH_JWKS_URL: secureUrl.optional(),
  OAUTH_REQUIRE_AT_JWT: flag.default(false),
  // Load balancers must close first, or they send requests into closed connections; Google's keep theirs for 600 s.
  KEEP_ALIVE_TIMEOUT_MS: wholeNumber(1_000, 3_600_000).default(630_000),
  SHUTDOWN_DELAY_MS: wholeNumber(0, 60_000).default(0),
  STATSD_HOST: z.string().optional(),
  STATSD_PORT: port.default(8125),
  GRAFANA_URL: webAddress.optional(),
  PROMETHEUS_URL: webAddress.optional(),
  ALERTMANAGER_URL: webAddress.optional(),
  COMMIT: z.string().default('unknown'),
}
