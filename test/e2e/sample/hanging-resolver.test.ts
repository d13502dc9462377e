import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { afterFile } from '../../support/cleanup.ts'
import { type DnsStub, startDnsStub } from '../../support/gateway/dns-stub.ts'
import { otlpEnvironment, startOtlpReceiver } from '../../support/otlp.ts'
import { postModern } from '../../support/raw.ts'
import { plain } from '../../support/sample-calls.ts'
import { scrape } from '../../support/scrape.ts'
import { spawnServer } from '../../support/server.ts'
import { sharedStack } from '../../support/stack.ts'

/** The kill timeout of docs/guides/deploy.md. */
const killTimeoutMs = 30_000

const cannotMount: string | false =
  spawnSync('unshare', ['--mount', 'true']).status === 0 ? false : 'needs unshare --mount (Linux, root)'

/** Runs a command with its own resolv.conf. A query that is not answered takes 10 s, the default. */
function withNameServer(address: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-resolver-'))
  afterFile(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'resolv.conf')
  writeFileSync(file, `nameserver ${address}\n`)
  const mount = `mount --bind ${file} /etc/resolv.conf && exec "$@"`
  return ['unshare', '--mount', 'sh', '-c', mount, 'sh']
}

/** resolv.conf cannot name a port, so each test has an address of its own. */
async function startNameServer(address: string): Promise<DnsStub> {
  const dns = await startDnsStub(['127.0.0.1'], { host: address, port: 53 })
  afterFile(() => dns.stop())
  return dns
}

describe('a server whose name server hangs', { skip: cannotMount }, () => {
  it('keeps answering calls, drops StatsD metrics, and exits in time', async () => {
    const dns = await startNameServer('127.83.71.5')
    dns.hang()
    const { env } = await sharedStack()
    const api = new URL(env.EXTERNAL_API_URL ?? '')
    api.hostname = 'api.example.test'
    const server = await spawnServer(
      {
        ...env,
        EXTERNAL_API_URL: api.href,
        STATSD_HOST: 'statsd.example.test',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otlp.example.test:4318',
        OTEL_LOGS_EXPORTER: 'otlp',
        OTEL_BSP_SCHEDULE_DELAY: '200',
      },
      withNameServer('127.83.71.5'),
    )
    for (let n = 0; n < 60; n++) {
      const { message, text } = await postModern(server.mcpUrl, 'tools/call', plain.call)
      assert.notEqual(message.result?.isError, true, text)
      void postModern(server.mcpUrl, 'tools/call', {
        name: 'search_wikipedia',
        arguments: { query: `${n}` },
      }).catch(() => undefined)
      await delay(50)
    }
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
    let failures = 0
    // The exporter gives up after its own timeout, 10 s by default.
    for (let tries = 0; tries < 60 && failures === 0; tries++) {
      failures = (await scrape(server.url)).sum('mcp_telemetry_export_failures_total')
      await delay(500)
    }
    assert.ok(failures > 0, 'no failed export was counted')
    const atMs = performance.now()
    assert.equal(await server.stop(), 0)
    const tookMs = performance.now() - atMs
    assert.ok(tookMs < killTimeoutMs, `took ${tookMs} ms`)
  })

  it('keeps using the addresses it knows', async () => {
    const dns = await startNameServer('127.83.71.6')
    const { env } = await sharedStack()
    const otlp = await startOtlpReceiver()
    const endpoint = new URL(otlp.url)
    endpoint.hostname = 'otlp.example.test'
    const server = await spawnServer(
      { ...env, ...otlpEnvironment(endpoint.origin) },
      withNameServer('127.83.71.6'),
    )
    await postModern(server.mcpUrl, 'tools/list')
    await otlp.span(({ name }) => name === 'tools/list')
    dns.hang()
    await postModern(server.mcpUrl, 'tools/call', plain.call)
    await otlp.span(({ name }) => name === `tools/call ${plain.call.name}`)
    assert.equal((await scrape(server.url)).sum('mcp_telemetry_export_failures_total'), 0)
    assert.equal(await server.stop(), 0)
  })
})
