import { isIP } from 'node:net'
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { parseRedisGroup, type RedisGroup } from '../config/redis-url.ts'

/** What both kinds of connection can do; a cluster takes no command whose keys are not in one slot. */
export type RedisClient = Redis | Cluster

const retryStrategy = (attempt: number) => Math.min(100 * 2 ** attempt, 2_000)

/** Every wait is short and nothing is queued: see `createRedis`. */
const failFast = {
  connectTimeout: 1_000,
  commandTimeout: 500,
  // A connection that carries commands but no answers is dropped; the next one may lead to a Redis that works.
  socketTimeout: 2_000,
  // One that waits for events has nothing to ask: probes tell when nobody is at the other end any more.
  keepAlive: 10_000,
  maxRetriesPerRequest: 0,
  autoResubscribe: true,
  // After a failover behind an address that stays the same, the connection may still lead to the old primary.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions

/** Begins to connect to what a URL names: one server, the primary that sentinels know, or a cluster. */
export function connectRedis(url: string): RedisClient {
  const group = parseRedisGroup(url)
  if (group?.kind === 'cluster') return connectCluster(group)
  const options = { ...failFast, enableOfflineQueue: false, retryStrategy }
  if (group) return new Redis({ ...options, ...sentinelOptions(group) })
  return new Redis(url, { ...options, ...serverName(new URL(url)) })
}

/** Says in the TLS handshake whom it wants, which managed Redis with many tenants behind one address asks for. */
function serverName({ protocol, hostname }: URL) {
  return protocol === 'rediss:' && isIP(hostname.replace(/^\[|\]$/g, '')) === 0
    ? { tls: { servername: hostname } }
    : {}
}

function sentinelOptions({ hosts, primaryName, database, tls, ...group }: RedisGroup) {
  return {
    sentinels: [...hosts],
    name: primaryName ?? '',
    db: database,
    ...credentials(group),
    ...(group.sentinelPassword === undefined ? {} : { sentinelPassword: group.sentinelPassword }),
    sentinelCommandTimeout: 1_000,
    sentinelRetryStrategy: retryStrategy,
    ...(tls && { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }),
  } satisfies RedisOptions
}

function connectCluster({ hosts, tls, ...group }: RedisGroup): Cluster {
  return new Cluster([...hosts], {
    enableOfflineQueue: false,
    clusterRetryStrategy: retryStrategy,
    // Enough for a slot that is moving; a node that is away must not hold up a call.
    maxRedirections: 3,
    slotsRefreshTimeout: 1_000,
    // By default names are resolved first, and no certificate would fit the address.
    ...(tls && { dnsLookup: (host, callback) => callback(null, host) }),
    redisOptions: { ...failFast, ...credentials(group), ...(tls && { tls: {} }) },
  })
}

function credentials({ username, password }: Pick<RedisGroup, 'username' | 'password'>) {
  return { ...(username !== undefined && { username }), ...(password !== undefined && { password }) }
}
