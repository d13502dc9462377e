import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  stop(): Promise<void>
}

const startTimeoutMs = 10_000

/**
 * Starts nginx with the shipped configuration, its addresses rewritten from the compose network to loopback.
 * @throws Error if nginx is not on PATH
 */
export async function startGateway(replicas: GatewayOptions): Promise<Gateway> {
  if (spawnSync('nginx', ['-v']).status !== 0)
    throw new Error('nginx is not on PATH: install it to run the gateway.')
  const directory = mkdtempSync(join(tmpdir(), 'gateway-'))
  // Started by root, nginx runs its workers as another user.
  chmodSync(directory, 0o755)
  const dns = await startDnsStub(replicas.addresses)
  const [port, healthPort] = [await freePort(), await freePort()]
  const shipped = readFileSync('deploy/gateway/nginx.conf', 'utf8')
  const config = replaceAll(shipped, {
    '/tmp/': `${directory}/`,
    'resolver 127.0.0.11 ': `resolver 127.0.0.1:${dns.port} `,
    'listen 8080;': `listen 127.0.0.1:${port};`,
    'listen 127.0.0.1:8081;': `listen 127.0.0.1:${healthPort};`,
    '://server:8080': `://server:${replicas.port}`,
    '$ready_replica:8080': `$ready_replica:${replicas.port}`,
    '://server:9464': `://server:${replicas.opsPort}`,
  })
  const file = join(directory, 'nginx.conf')
  writeFileSync(file, config)
  const child = spawn(
    'nginx',
    ['-p', directory, '-c', file, '-e', join(directory, 'error.log'), '-g', 'daemon off;'],
    {
      stdio: 'ignore',
    },
  )
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
    dns.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await waitUntilListening(child, port)
  } catch (error) {
    await stop()
    throw error
  }
  return { mcpUrl: new URL(`http://127.0.0.1:${port}/mcp`), stop }
}

async function waitUntilListening(child: ChildProcess, port: number): Promise<void> {
  const isListening = await waitFor(async () => (await acceptsConnections(port, '127.0.0.1')) || undefined, {
    everyMs: 20,
    timeoutMs: startTimeoutMs,
    while: () => child.exitCode === null,
  })
  if (!isListening) throw new Error(`nginx did not listen on port ${port} within ${startTimeoutMs / 1_000} s`)
}

/** @throws Error if a text to replace is missing, because nginx would then run with an address of the compose network */
function replaceAll(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`deploy/gateway/nginx.conf does not contain ${from}`)
    return changed.replaceAll(from, to)
  }, text)
}
