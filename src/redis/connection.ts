import { isIP } from 'node:net'
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { parseRedisGroup, type RedisGroup } from '../config/redis-url.ts'

/** A single server or a cluster; a cluster rejects commands whose keys are in different slots. */
export type RedisClient = Redis | Cluster

const retryStrategy = (attempt: number) => Math.min(100 * 2 ** attempt, 2_000)

/** Short timeouts and no queueing: see `createRedis`. */
const failFast = {
  connectTimeout: 1_000,
  commandTimeout: 500,
  // Drops a connection without replies; a new one may reach a healthy server.
  socketTimeout: 2_000,
  // TCP keep-alive detects a dead peer on the subscriber's connection, which sends no commands.
  keepAlive: 10_000,
  maxRetriesPerRequest: 0,
  // After a failover behind a stable address, the connection may still lead to the old primary.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions

/** Starts connecting to a single server, the primary of a Sentinel deployment, or a cluster. */
export function connectRedis(url: string): RedisClient {
  const group = parseRedisGroup(url)
  if (group?.kind === 'cluster') return connectCluster(group)
  const options = { ...failFast, enableOfflineQueue: false, retryStrategy }
  if (group) return new Redis({ ...options, ...sentinelOptions(group) })
  return new Redis(url, { ...options, ...serverName(new URL(url)) })
}

/** Sets SNI, which multi-tenant managed Redis services require. */
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
  const cluster = new Cluster([...hosts], {
    enableOfflineQueue: false,
    clusterRetryStrategy: retryStrategy,
    // Enough for a migrating slot; more would delay calls while a node is down.
    maxRedirections: 3,
    slotsRefreshTimeout: 1_000,
    // Keeps host names, because certificates do not match resolved addresses.
    ...(tls && { dnsLookup: (host, callback) => callback(null, host) }),
    redisOptions: { ...failFast, ...credentials(group), ...(tls && { tls: {} }) },
  })
  // Workaround: ioredis ignores the result of ASKING, and an unhandled rejection would end the process. The command that
  // follows fails, too, and reports it. Delete when ioredis handles it.
  cluster.on('+node', (node: Redis) => {
    const asking = node.asking.bind(node)
    node.asking = () => {
      const asked = asking()
      asked.catch(() => undefined)
      return asked
    }
  })
  return cluster
}

function credentials({ username, password }: Pick<RedisGroup, 'username' | 'password'>) {
  return { ...(username !== undefined && { username }), ...(password !== undefined && { password }) }
}
