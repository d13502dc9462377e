import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acceptsConnections, freePort } from '../../../dev/loopback-port.ts'
import { atEnd } from '../../support/cleanup.ts'
import { startDns } from './dns.ts'
import { eventually } from './fault.ts'

export interface GatewayOptions {
  /** Loopback addresses of the replicas, which all have the same ports. */
  readonly addresses: readonly string[]
  readonly port: number
  readonly opsPort: number
}

/** nginx with the configuration that is shipped, brought from the compose network to loopback. */
export async function startGateway(replicas: GatewayOptions): Promise<URL> {
  assert.equal(
    spawnSync('nginx', ['-v']).status,
    0,
    'nginx must be on PATH: the rolling restart is tested behind it',
  )
  const directory = mkdtempSync(join(tmpdir(), 'faults-gateway-'))
  // Where root starts it, its workers are somebody else.
  chmodSync(directory, 0o755)
  const [port, healthPort, dnsPort] = [await freePort(), await freePort(), await startDns(replicas.addresses)]
  const shipped = readFileSync('deploy/gateway/nginx.conf', 'utf8')
  const config = replaceAll(shipped, {
    '/tmp/': `${directory}/`,
    'resolver 127.0.0.11 ': `resolver 127.0.0.1:${dnsPort} `,
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
  atEnd(async () => {
    child.kill('SIGTERM')
    await exited
    rmSync(directory, { recursive: true, force: true })
  })
  await eventually(10_000, async () =>
    assert.ok(await acceptsConnections(port, '127.0.0.1'), 'nginx does not listen'),
  )
  return new URL(`http://127.0.0.1:${port}/mcp`)
}

/** All of them must be there: else something else than the shipped configuration would be tested. */
function replaceAll(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((changed, [from, to]) => {
    assert.ok(changed.includes(from), `deploy/gateway/nginx.conf has no ${from}`)
    return changed.replaceAll(from, to)
  }, text)
}
