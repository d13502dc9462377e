import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { waitFor } from '../../dev/lib/wait-for.ts'
import { startBlackboxExporter } from '../stack/support/blackbox-exporter.ts'
import { afterFile } from '../support/cleanup.ts'
import { type Gateway, startGateway } from '../support/gateway/gateway.ts'
import { createDependencies, type Dependencies } from './support/fault-stack.ts'
import { type Replica, startReplica } from './support/replica.ts'

const calls = ['call_2026_07_28', 'call_2025_11_25']

let gateway: Gateway
let replica: Replica
let dependencies: Dependencies
let exporter: string

before(async () => {
  const HOST = '127.0.0.2'
  const [port, opsPort] = [await freePort(), await freePort()]
  gateway = await startGateway({ addresses: [HOST], port, opsPort })
  afterFile(gateway.stop)
  dependencies = await createDependencies()
  const own = { HOST, PORT: `${port}`, OPS_PORT: `${opsPort}`, PUBLIC_URL: gateway.mcpUrl.origin }
  replica = await startReplica({ ...dependencies.env, ...own })
  await gateway.untilReady(1)
  exporter = `http://${await startBlackboxExporter()}`
})

describe('the probes from outside', () => {
  it('succeed while a tool call succeeds in both protocol revisions', async () => {
    assert.deepEqual(await probeAll(), { call_2026_07_28: 1, call_2025_11_25: 1, readyz: 1 })
  })

  it('fail by the body when the tool fails, although the server answers 200', async () => {
    // A result from the cache would be a success.
    const stores = [dependencies.postgresProxy, dependencies.redisProxy]
    for (const store of stores) store.cut()
    try {
      for (const module of calls) {
        const metrics = await waitFor(async () => {
          const text = await probe(module)
          return sampleOf(text, 'probe_success') === 0 && text
        })
        assert.equal(sampleOf(metrics || '', 'probe_http_status_code'), 200, module)
        assert.equal(sampleOf(metrics || '', 'probe_failed_due_to_regex'), 1, module)
      }
    } finally {
      for (const store of stores) await store.restore()
    }
  })

  it('fail when no replica is left', async () => {
    await replica.kill()
    await gateway.untilReady(0)
    assert.deepEqual(await probeAll(), { call_2026_07_28: 0, call_2025_11_25: 0, readyz: 0 })
  })
})

async function probeAll(): Promise<Record<string, number>> {
  const results = [...calls, 'readyz'].map(
    async (module) => [module, sampleOf(await probe(module), 'probe_success')] as const,
  )
  return Object.fromEntries(await Promise.all(results))
}

async function probe(module: string): Promise<string> {
  const target = module === 'readyz' ? new URL('/readyz', gateway.opsUrl) : gateway.mcpUrl
  const response = await fetch(`${exporter}/probe?${new URLSearchParams({ module, target: target.href })}`)
  return response.text()
}

const sampleOf = (metrics: string, name: string): number =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1])
