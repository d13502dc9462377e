import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { acceptsConnections, freePort } from '../../../dev/launcher/loopback-port.ts'
import { waitFor } from '../../../dev/lib/wait-for.ts'
import { startDnsStub } from './dns-stub.ts'

export interface GatewayOptions {
  /** Loopback addresses of the replicas, which share their port numbers. */
  readonly addresses: readonly string[]
  readonly port: number
  readonly opsPort: number
}

export interface Gateway {
  readonly mcpUrl: URL
  /** Serves the gateway's own metrics. */
  readonly opsUrl: URL
  readonly pid: number
  /** Lines of the access log. */
  readonly log: readonly Readonly<Record<string, unknown>>[]
  /** Resolves when as many replicas are ready in the gateway's view. */
  untilReady(replicas: number): Promise<void>
  stop(): Promise<void>
}

const timeoutMs = 10_000

/**
 * Starts HAProxy with the shipped configuration, its addresses rewritten from the compose network to loopback.
 * @throws Error if haproxy is not on PATH
 */
export async function startGateway(replicas: GatewayOptions): Promise<Gateway> {
  if (spawnSync('haproxy', ['-v']).status !== 0)
    throw new Error('haproxy is not on PATH: install it to run the gateway.')
  const directory = mkdtempSync(join(tmpdir(), 'gateway-'))
  const dns = await startDnsStub(replicas.addresses)
  const [port, opsPort] = [await freePort(), await freePort()]
  const shipped = readFileSync('deploy/gateway/haproxy.cfg', 'utf8')
  const file = join(directory, 'haproxy.cfg')
  writeFileSync(
    file,
    replaceAll(shipped, {
      'nameserver dns 127.0.0.11:53': `nameserver dns 127.0.0.1:${dns.port}`,
      'bind :8080': `bind 127.0.0.1:${port}`,
      'bind :8405': `bind 127.0.0.1:${opsPort}`,
      'server:8080': `server:${replicas.port}`,
      'check port 9464': `check port ${replicas.opsPort}`,
    }),
  )
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'ignore'] })
  process.once('exit', () => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const log: Record<string, unknown>[] = []
  createInterface({ input: child.stdout }).on('line', (line) => log.push(JSON.parse(line)))
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
    dns.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  const opsUrl = new URL(`http://127.0.0.1:${opsPort}`)
  try {
    await until(child, `listen on port ${port}`, () => acceptsConnections(port, '127.0.0.1'))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    mcpUrl: new URL(`http://127.0.0.1:${port}/mcp`),
    opsUrl,
    pid: child.pid ?? 0,
    log,
    untilReady: (count) =>
      until(child, `find ${count} ready replicas`, async () => (await readyReplicas(opsUrl)) === count),
    stop,
  }
}

async function readyReplicas(opsUrl: URL): Promise<number> {
  const metrics = await (await fetch(new URL('/metrics?scope=backend', opsUrl))).text()
  return Number(/^haproxy_backend_active_servers\{proxy="ready"\} (\d+)/m.exec(metrics)?.[1])
}

async function until(child: ChildProcess, goal: string, check: () => Promise<boolean>): Promise<void> {
  const reached = await waitFor(async () => (await check()) || undefined, {
    everyMs: 20,
    timeoutMs,
    while: () => child.exitCode === null,
  })
  if (!reached) throw new Error(`haproxy did not ${goal} within ${timeoutMs / 1_000} s`)
}

/** @throws Error if a text to replace is missing, because the gateway would then use an address of the compose network */
function replaceAll(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`deploy/gateway/haproxy.cfg does not contain ${from}`)
    return changed.replaceAll(from, to)
  }, text)
}
