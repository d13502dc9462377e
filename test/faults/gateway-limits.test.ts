import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { before, describe, it } from 'node:test'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { waitFor } from '../../dev/lib/wait-for.ts'
import { afterFile } from '../support/cleanup.ts'
import { type Gateway, startGateway } from '../support/gateway/gateway.ts'
import { postModern } from '../support/raw.ts'
import { createDependencies } from './support/fault-stack.ts'
import { printRow } from './support/print-row.ts'
import { startReplica } from './support/replica.ts'

/** The attacker's address; other callers connect from 127.0.0.1. */
const attacker = '127.0.0.9'
/** The limit of deploy/gateway/haproxy.cfg for one address. */
const maxConnections = 500
const bodyBytes = 1024 * 1024

let gateway: Gateway

before(async () => {
  const HOST = '127.0.0.2'
  const [port, opsPort] = [await freePort(), await freePort()]
  gateway = await startGateway({ addresses: [HOST], port, opsPort })
  afterFile(gateway.stop)
  const { env } = await createDependencies()
  const own = { HOST, PORT: `${port}`, OPS_PORT: `${opsPort}`, PUBLIC_URL: gateway.mcpUrl.origin }
  const replica = await startReplica({ ...env, ...own, TRUSTED_PROXY_HOPS: '1' })
  afterFile(() => replica.terminate())
  await gateway.untilReady(1)
})

describe('the gateway, attacked from one address', () => {
  it('serves other callers during 1 100 half-open connections', async () => {
    const open = openConnections(1_100, 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
    await waitFor(() => open.size <= maxConnections)
    const served = await serveOthers()
    assert.ok(open.size > 0 && open.size <= maxConnections, `${open.size} connections are open`)
    const memory = memoryMib(gateway.pid)
    for (const socket of open) socket.destroy()
    printRow({
      fault: 'gateway: 1 100 half-open connections of one address',
      observed: `${served}; ${maxConnections} connections held, gateway at ${memory} MiB`,
      recoverySeconds: '–',
      lostWrites: '–',
    })
  })

  it('serves other callers during eight stalled uploads', async () => {
    const before = memoryMib(gateway.pid)
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${bodyBytes}\r\n\r\n`
    const open = openConnections(8, head + ' '.repeat(bodyBytes - 1))
    await waitFor(() => [...open].every(({ bytesWritten }) => bytesWritten > bodyBytes), { timeoutMs: 5_000 })
    const served = await serveOthers()
    const memory = memoryMib(gateway.pid)
    for (const socket of open) socket.destroy()
    assert.ok(memory - before < 16, `the gateway grew from ${before} to ${memory} MiB`)
    printRow({
      fault: 'gateway: eight stalled uploads of one address',
      observed: `${served}; gateway at ${memory} MiB, before ${before} MiB`,
      recoverySeconds: '–',
      lostWrites: '–',
    })
  })

  it('ends requests whose headers or body stall', async () => {
    const [headers, body] = ['X-Slow: ', 'Content-Length: 10\r\n\r\n{'].map((rest) => {
      const [socket] = openConnections(1, `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${rest}`)
      let text = ''
      return new Promise<string>((resolve) =>
        socket?.on('data', (chunk) => (text += chunk)).once('close', () => resolve(text)),
      )
    })
    for (const text of await Promise.all([headers, body])) assert.match(text ?? '', /^HTTP\/1\.1 408 /)
  })
})

function openConnections(count: number, data: string): Set<Socket> {
  const { port, hostname } = gateway.mcpUrl
  const open = new Set<Socket>()
  for (let n = 0; n < count; n++) {
    const socket = connect({ port: Number(port), host: hostname, localAddress: attacker })
    socket.on('error', () => undefined).once('close', () => open.delete(socket))
    socket.write(data)
    open.add(socket)
  }
  afterFile(() => open.forEach((socket) => void socket.destroy()))
  return open
}

/** Calls in turn as another caller; all must succeed. */
async function serveOthers(): Promise<string> {
  const tookMs: number[] = []
  for (let n = 0; n < 50; n++) {
    const startedAtMs = performance.now()
    const { status } = await postModern(gateway.mcpUrl, 'tools/call', {
      name: 'search',
      arguments: { query: 'seed' },
    })
    assert.equal(status, 200)
    tookMs.push(performance.now() - startedAtMs)
  }
  return `50 calls of others, none failed, at most ${(Math.max(...tookMs) / 1_000).toFixed(1)} s`
}

function memoryMib(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kib) / 1_024)
}
