import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { type Child, startChild } from '../../dev/launcher/child.ts'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import type { Certificate } from './certificates.ts'
import { afterFile } from './cleanup.ts'
import { testLifeline } from './lifeline.ts'

/** Skip reason for node:test: the JavaScript substitute supports neither Sentinel, Cluster nor TLS. */
export const redisServerMissing: string | false = (() => {
  const { stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' })
  const [, major] = /v=(\d+)\./.exec(stdout ?? '') ?? []
  return Number(major ?? 0) >= 7 ? false : 'redis-server 7 or newer is not on PATH'
})()

export interface RedisServer {
  readonly port: number
  /** Client for the test itself: reconnects and accepts any certificate. */
  readonly admin: Redis
  kill(): Promise<void>
}

type Settings = Readonly<Record<string, string>>

/** Starts one `redis-server` on 127.0.0.1; `settings` extend redis.conf. */
export async function startRedisServer(
  settings: Settings = {},
  { certificate, sentinel = [] }: { certificate?: Certificate | undefined; sentinel?: string[] } = {},
): Promise<RedisServer> {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'mcp-redis-'))
  const all: Settings = {
    bind: '127.0.0.1',
    dir: directory,
    ...(certificate ? { port: '0', 'tls-port': String(port) } : { port: String(port) }),
    ...(certificate && {
      'tls-cert-file': certificate.certFile,
      'tls-key-file': certificate.keyFile,
      'tls-ca-cert-file': certificate.caFile,
      'tls-auth-clients': 'no',
      'tls-replication': 'yes',
    }),
    ...settings,
  }
  const file = join(directory, 'redis.conf')
  const lines = Object.entries(all).map(([name, value]) => `${name} ${value === '' ? '""' : value}`)
  writeFileSync(file, [...lines, ...sentinel, ''].join('\n'))
  const child: Child = startChild('redis-server', [file, ...(sentinel.length > 0 ? ['--sentinel'] : [])], {
    lifeline: testLifeline(),
    stopSignal: 'SIGKILL',
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const admin = new Redis({
    port,
    host: '127.0.0.1',
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
    enableReadyCheck: false,
    ...(certificate && { tls: { rejectUnauthorized: false } }),
    ...(settings.requirepass !== undefined && { password: settings.requirepass }),
  })
  admin.on('error', () => {})
  const kill = () => child.stop(5_000)
  afterFile(async () => {
    admin.disconnect()
    await kill()
    rmSync(directory, { recursive: true, force: true })
  })
  await Promise.race([
    admin.ping(),
    child.exited.then(() => Promise.reject(new Error(`redis-server exited: ${child.output()}`))),
  ])
  return { port, admin, kill }
}

const memoryOnly: Settings = { save: '', appendonly: 'no' }

export interface SentinelGroup {
  readonly primary: RedisServer
  readonly replica: RedisServer
  readonly sentinel: RedisServer
}

/** Starts a primary, a replica and a sentinel that fails over 500 ms after it lost the primary. */
export async function startSentinelGroup(
  primaryName: string,
  { certificate, password }: { certificate?: Certificate; password?: string } = {},
): Promise<SentinelGroup> {
  const settings = {
    ...memoryOnly,
    'repl-diskless-sync-delay': '0',
    ...(password && { requirepass: password, masterauth: password }),
  }
  const primary = await startRedisServer(settings, { certificate })
  const replica = await startRedisServer(
    { ...settings, replicaof: `127.0.0.1 ${primary.port}` },
    { certificate },
  )
  await waitUntil(async () => (await replica.admin.info('replication')).includes('master_link_status:up'))
  const sentinel = await startRedisServer(
    {},
    {
      certificate,
      sentinel: [
        `sentinel monitor ${primaryName} 127.0.0.1 ${primary.port} 1`,
        `sentinel down-after-milliseconds ${primaryName} 500`,
        `sentinel failover-timeout ${primaryName} 5000`,
        ...(password ? [`sentinel auth-pass ${primaryName} ${password}`] : []),
      ],
    },
  )
  await waitUntil(async () =>
    String(await sentinel.admin.call('sentinel', 'replicas', primaryName)).includes('slave'),
  )
  return { primary, replica, sentinel }
}

/** Starts a cluster of three primaries; with a certificate the nodes announce the host name `localhost`. */
export async function startRedisCluster({
  certificate,
}: {
  certificate?: Certificate
} = {}): Promise<RedisServer[]> {
  const settings: Settings = {
    ...memoryOnly,
    'cluster-enabled': 'yes',
    'cluster-node-timeout': '2000',
    // The slots of the other nodes stay available.
    'cluster-require-full-coverage': 'no',
    ...(certificate && {
      'tls-cluster': 'yes',
      'cluster-announce-hostname': 'localhost',
      'cluster-preferred-endpoint-type': 'hostname',
    }),
  }
  const startNode = async () => {
    const busPort = await freePort()
    const server = await startRedisServer({ ...settings, 'cluster-port': String(busPort) }, { certificate })
    return { ...server, busPort }
  }
  const nodes = await Promise.all([startNode(), startNode(), startNode()])
  for (const [index, { admin }] of nodes.entries()) {
    const share = (part: number) => Math.floor((16_384 * part) / nodes.length)
    await admin.call('cluster', 'addslotsrange', share(index), share(index + 1) - 1)
    await admin.call('cluster', 'set-config-epoch', index + 1)
  }
  const [first, ...others] = nodes
  for (const { port, busPort } of others)
    await first.admin.call('cluster', 'meet', '127.0.0.1', port, busPort)
  for (const { admin } of nodes) {
    await waitUntil(async () => {
      const info = String(await admin.call('cluster', 'info'))
      return info.includes('cluster_state:ok') && info.includes('cluster_slots_ok:16384')
    })
  }
  return nodes
}

/** Polls until the condition holds; an error counts as false. @throws Error after 20 seconds */
export async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('the condition did not hold within 20 s')
    await delay(20)
  }
}
