import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acceptsConnections, freePort } from '../../../dev/launcher/loopback-port.ts'
import { waitFor } from '../../../dev/lib/wait-for.ts'
import type { GatewayOptions } from './gateway.ts'

/** Starts nginx with the configuration of docs/guides/proxies.md, its addresses rewritten to loopback. */
export async function startNginx({ addresses, port: replicaPort }: GatewayOptions) {
  const [, guide] = /```nginx\n([\s\S]*?)```/.exec(readFileSync('docs/guides/proxies.md', 'utf8')) ?? []
  if (guide === undefined) throw new Error('docs/guides/proxies.md contains no nginx configuration')
  const port = await freePort()
  const http = addresses
    .reduce((text, address, n) => text.replace(`10.0.0.1${n + 1}:8080`, `${address}:${replicaPort}`), guide)
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
  const directory = mkdtempSync(join(tmpdir(), 'nginx-'))
  // Started by root, nginx runs its workers as another user.
  chmodSync(directory, 0o755)
  const file = join(directory, 'nginx.conf')
  writeFileSync(file, `pid ${directory}/pid;\nevents {}\nhttp {\naccess_log off;\n${http}}\n`)
  const child = spawn('nginx', ['-c', file, '-e', join(directory, 'error.log'), '-g', 'daemon off;'], {
    stdio: 'ignore',
  })
  const exited = once(child, 'exit')
  const isListening = await waitFor(() => acceptsConnections(port, '127.0.0.1'), {
    timeoutMs: 10_000,
    while: () => child.exitCode === null,
  })
  if (!isListening) throw new Error('nginx did not start with the configuration of docs/guides/proxies.md')
  return {
    mcpUrl: new URL(`http://127.0.0.1:${port}/mcp`),
    async stop() {
      child.kill('SIGTERM')
      await exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
