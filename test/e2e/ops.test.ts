import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { acceptsConnections, freePort } from '../../dev/launcher/loopback-port.ts'
import { errorTable } from '../../src/errors.ts'
import { cacheResults } from '../../src/telemetry/observer.ts'
import { rejectionReasons } from '../../src/telemetry/rejections.ts'
import { modernRequest, postModern } from '../support/raw.ts'
import { startTestRedis } from '../support/redis.ts'
import { cached, catalog, domainChecks } from '../support/sample-calls.ts'
import { scrape } from '../support/scrape.ts'
import { spawnServer, startServer } from '../support/server.ts'
import { openConnection, rawPost } from '../support/socket.ts'
import { type Stack, sharedStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

async function get(url: string) {
  const response = await fetch(url)
  // biome-ignore lint/suspicious/noExplicitAny: tests assert the shape of the body
  return { status: response.status, body: (await response.json()) as any }
}

/** On a loaded machine a connection can take longer than the server waits for it. */
async function waitForRedis(url: string, up: boolean): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await get(`${url}/health`)).body.checks.redis === up) return
    await delay(100)
  }
  assert.fail(`/health did not report redis ${up ? 'up' : 'down'} within 10 s`)
}

describe('/health', () => {
  it('queries all dependencies and answers 200 when all are up', async () => {
    const { status, body } = await get(`${stack.server.url}/health`)
    assert.equal(status, 200)
    assert.equal(body.status, 'healthy')
    assert.deepEqual(body.checks, { database: true, redis: true, ...domainChecks })
    assert.deepEqual(Object.keys(body.details.database), ['up', 'durationMs', 'checkedAt', 'critical'])
  })

  it('answers 503 and names the dependency that is down, without its error', async () => {
    const redis = await startTestRedis()
    const unreachable = {
      DATABASE_URL: 'postgres://app:hunter2@127.0.0.1:1/app',
      REDIS_URL: redis.url,
    }
    await redis.stop()
    for (const [name, variable] of [
      ['database', 'DATABASE_URL'],
      ['redis', 'REDIS_URL'],
    ] as const) {
      const server = await startServer({ ...stack.env, [variable]: unreachable[variable] })
      await waitForRedis(server.url, name !== 'redis')
      const { status, body } = await get(`${server.url}/health`)
      assert.equal(status, 503, name)
      assert.deepEqual(body.checks, { database: true, redis: true, ...domainChecks, [name]: false })
      assert.doesNotMatch(JSON.stringify(body), /hunter2|127\.0|ECONN/)
      assert.equal((await get(`${server.url}/readyz`)).status, name === 'database' ? 503 : 200, name)
      assert.equal((await get(`${server.url}/livez`)).status, 200)
      const { sum } = await scrape(server.url)
      assert.equal(sum('mcp_dependency_up', { dependency: name }), 0)
      assert.equal(sum('mcp_dependency_up'), 1 + Object.keys(domainChecks).length)
      assert.equal(await server.stop(), 0)
    }
  })

  it('detects an outage and a recovery of Redis without a restart', async () => {
    let redis = await startTestRedis()
    const server = await startServer({ ...stack.env, REDIS_URL: redis.url })
    await waitForRedis(server.url, true)
    await redis.stop()
    await waitForRedis(server.url, false)
    redis = await startTestRedis({ url: redis.url })
    await waitForRedis(server.url, true)
  })
})

describe('the ops endpoints', () => {
  it('answer for any Host header and set no-store', async () => {
    const { stdout } = await new Promise<{ stdout: string }>((resolve) => {
      const script = `require('http').get('${stack.server.url}/livez', { headers: { host: '10.1.2.3:8080' } }, (res) => console.log(res.resume().statusCode, res.headers['cache-control']))`
      execFile(process.execPath, ['-e', script], (_error, stdout) => resolve({ stdout }))
    })
    assert.equal(stdout, '200 no-store\n')
  })

  it('are served only on OPS_PORT when it is set', async () => {
    const opsPort = await freePort()
    const server = await startServer({ ...stack.env, OPS_PORT: String(opsPort) })
    await server.line((line) => line['server.port'] === opsPort)
    for (const path of ['/health', '/livez', '/readyz', '/metrics']) {
      assert.equal((await fetch(`http://127.0.0.1:${opsPort}${path}`)).status, 200, path)
      assert.equal((await fetch(`${server.url}${path}`)).status, 404, path)
    }
    assert.equal((await fetch(`http://127.0.0.1:${opsPort}/mcp`)).status, 404)
    const { sum } = await scrape(`http://127.0.0.1:${opsPort}`)
    const labels = { http_route: '/livez', http_response_status_code: '200' }
    assert.equal(sum('http_server_request_duration_seconds_count', labels), 1)
    assert.equal(await server.stop(), 0)
  })

  it('are not served below the path of PUBLIC_URL, which a gateway passes on', async () => {
    const { url } = await startServer({ ...stack.env, PUBLIC_URL: 'http://127.0.0.1/tools' })
    for (const path of ['/livez', '/readyz', '/health', '/metrics']) {
      assert.notEqual((await fetch(url + path)).status, 404, path)
      assert.equal((await fetch(`${url}/tools${path}`)).status, 404, path)
    }
  })

  it('share a metrics rendering that started after each of their requests', async () => {
    const countOf = ({ sum }: Awaited<ReturnType<typeof scrape>>) =>
      sum('mcp_tool_calls_total', { tool_name: cached.call.name })
    const before = countOf(await scrape(stack.server.url))
    let finished = 0
    // Below MAX_CONCURRENT_CALLS_PER_CALLER: on a loaded machine all of them are in flight at once.
    const scrapes = Array.from({ length: 30 }, async (_, at) => {
      await delay(at * 5)
      const { status } = await postModern(stack.server.mcpUrl, 'tools/call', cached.call)
      assert.equal(status, 200)
      const expected = ++finished
      const count = countOf(await scrape(stack.server.url)) - before
      assert.ok(count >= expected, `a scrape after ${expected} calls saw ${count}`)
    })
    await Promise.all(scrapes)
  })

  it('share renderings among concurrent scrapes', async () => {
    const scrapes = await Promise.all(Array.from({ length: 40 }, () => scrape(stack.server.url)))
    // Each rendering has CPU and heap figures of its own.
    const renderings = new Set(scrapes.map(({ text }) => text)).size
    assert.ok(renderings < 20, `${renderings} renderings for 40 scrapes`)
  })

  it('limit scrapes and health checks of an address, but no probe', async () => {
    const server = await startServer({ ...stack.env, RATE_LIMIT_IP_PER_MINUTE: '4' })
    const statusOf = async (path: string) => (await fetch(server.url + path)).status
    const statuses = []
    for (const path of ['/health', '/metrics', '/health', '/metrics', '/health', '/metrics'])
      statuses.push(await statusOf(path))
    assert.deepEqual(statuses, [200, 200, 200, 200, 429, 429])
    for (const path of ['/livez', '/readyz']) assert.equal(await statusOf(path), 200, path)
  })

  it('expose series that count events at 0 before the first event', async () => {
    const { samples } = await scrape((await startServer(stack.env)).url)
    const missing: string[] = []
    function expectZero(name: string, labels: Record<string, string> = {}): void {
      const found = samples.find((sample) => sample.name === name && isDeepStrictEqual(sample.labels, labels))
      if (found?.value !== 0) missing.push(`${name} ${JSON.stringify(labels)}`)
    }
    for (const tool_name of [...catalog.tools.map(({ name }) => name), '_unknown']) {
      for (const status of ['success', 'error']) expectZero('mcp_tool_calls_total', { tool_name, status })
      for (const code of Object.keys(errorTable)) expectZero('mcp_tool_errors_total', { tool_name, code })
      expectZero('mcp_tool_latency_seconds_count', { tool_name })
      expectZero('mcp_tool_result_bytes_count', { tool_name })
    }
    for (const reason of rejectionReasons) expectZero('mcp_requests_rejected_total', { reason })
    for (const result of cacheResults) expectZero('mcp_cache_lookups_total', { cache: 'answers', result })
    for (const signal of ['traces', 'logs', 'metrics'])
      expectZero('mcp_telemetry_export_failures_total', { signal })
    for (const event of ['change', 'cancellation'])
      for (const reason of ['publish', 'invalid']) expectZero('mcp_events_dropped_total', { event, reason })
    expectZero('mcp_events_dropped_total', { event: 'change', reason: 'stream' })
    expectZero('mcp_log_lines_dropped_total')
    expectZero('mcp_stream_duration_seconds_count')
    assert.deepEqual(missing, [])
  })

  it('expose metrics of dependencies, cache, pool, build and runtime', async () => {
    for (let n = 0; n < 2; n++) await postModern(stack.server.mcpUrl, 'tools/call', cached.call)
    const { sum, text } = await scrape(stack.server.url)
    assert.ok(
      sum('mcp_dependency_operation_seconds_count', {
        dependency: 'database',
        operation: 'ping',
        outcome: 'success',
      }) >= 1,
    )
    assert.ok(
      sum('mcp_dependency_operation_seconds_count', {
        dependency: 'redis',
        operation: 'mget',
        outcome: 'success',
      }) >= 2,
    )
    assert.ok(sum('mcp_cache_lookups_total', { result: 'hit' }) >= 1)
    assert.ok(sum('mcp_cache_lookups_total', { result: 'miss' }) >= 1)
    assert.equal(sum('mcp_pg_pool_max'), 10)
    assert.match(text, /^mcp_pg_pool_connections\{state="idle"\} \d+$/m)
    assert.equal(sum('mcp_build_info', { node_version: process.version }), 1)
    assert.ok(sum('nodejs_heap_size_limit_bytes') > 1e8)
    assert.match(text, /^mcp_telemetry_export_failures_total\{signal="traces"\} 0$/m)
  })
})

describe('shutdown', () => {
  it('reports not ready first, serves requests until SHUTDOWN_DELAY_MS is over, then exits with 0', async () => {
    const server = await startServer({ ...stack.env, SHUTDOWN_DELAY_MS: '2000' })
    await waitForRedis(server.url, true)
    assert.equal((await get(`${server.url}/readyz`)).status, 200)
    const during = server.fromNow()
    const stopped = server.stop('SIGTERM')
    await server.line(({ message }) => message === 'shutting down')
    assert.deepEqual(await get(`${server.url}/readyz`), {
      status: 503,
      body: { status: 'not ready', reason: 'shutting down' },
    })
    const answer = await postModern(server.mcpUrl, 'tools/list')
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('connection'), 'close')
    assert.equal(await stopped, 0)
    const messages = during.lines.map(({ message }) => message)
    assert.ok(messages.includes('shutting down'))
    assert.equal(messages.at(-1), 'stopped')
    assert.deepEqual(
      during.lines.filter(({ level }) => level === 'warn' || level === 'error'),
      [],
    )
  })

  it('closes OPS_PORT after the last request on PORT is answered', async () => {
    const opsPort = await freePort()
    const opsUrl = `http://127.0.0.1:${opsPort}`
    const server = await startServer({ ...stack.env, OPS_PORT: String(opsPort) })
    const request = rawPost(modernRequest('tools/list'), {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
      expect: '100-continue',
    })
    const { socket, received, closed } = openConnection(server.url, request.slice(0, -1))
    await until(() => received().includes('100 Continue'))
    const stopped = server.stop()
    await until(async () => !(await acceptsConnections(Number(new URL(server.url).port), '127.0.0.1')))
    assert.equal((await get(`${opsUrl}/readyz`)).status, 503)
    assert.equal((await fetch(`${opsUrl}/livez`)).status, 200)
    socket.write(request.slice(-1))
    assert.match((await closed).text, /\r\n\r\nHTTP\/1\.1 200 /)
    assert.equal(await stopped, 0)
  })

  it('ends at once with 1 on a second signal', async () => {
    const server = await spawnServer({ ...stack.env, SHUTDOWN_DELAY_MS: '30000' })
    server.child.kill('SIGTERM')
    await server.line(({ message }) => message === 'shutting down')
    assert.equal(await server.stop('SIGINT'), 1)
  })
})
