import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { afterFile } from '../support/cleanup.ts'
import { otlpEnvironment, startOtlpReceiver } from '../support/otlp.ts'
import { envelope, modernRequest, post, postLegacy, postModern } from '../support/raw.ts'
import { callsWithText, databaseCall, plain, unreachableSettings } from '../support/sample-calls.ts'
import { type Scrape, scrape } from '../support/scrape.ts'
import { startServer } from '../support/server.ts'
import { type Stack, sharedStack } from '../support/stack.ts'
import { executeSql, urlOfDatabase } from '../support/template-database.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})
const startWith = (env: Record<string, string>) => startServer({ ...stack.env, ...env })

const callOf = (name: string, args: Record<string, unknown>) => ({ name, arguments: args })

describe('label cardinality', () => {
  it('does not grow with names and versions that clients invent', async () => {
    const server = await startWith({ LOG_LEVEL: 'info' })
    const url = server.mcpUrl
    const invented = async (n: number) => {
      const odd = `invented-${n}`
      const client = { ...envelope, 'io.modelcontextprotocol/clientInfo': { name: odd, version: odd } }
      switch (n % 5) {
        case 0:
          return postModern(url, 'tools/call', callOf(odd, {}))
        case 1:
          return postModern(url, odd)
        case 2:
          return post(
            url,
            { ...modernRequest('tools/list'), params: { _meta: client } },
            { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' },
          )
        case 3:
          return postLegacy(url, 'initialize', {
            protocolVersion: odd,
            capabilities: {},
            clientInfo: { name: odd, version: odd },
          })
        default:
          return postLegacy(url, 'tools/call', callOf(odd, { [odd]: odd }))
      }
    }
    const inventedNames = 500
    const workers = 20
    // One message of every kind, so that all legitimate series exist.
    for (let n = 0; n < 5; n++) await invented(n)
    await scrape(server.url)
    // Node's metrics gain series by kind of garbage collection, dependency metrics by outcome: neither depends on clients.
    const seriesOf = ({ samples }: Scrape) =>
      new Set(
        samples
          .filter(({ name }) => /^mcp_(?!dependency_)/.test(name))
          .map(({ name, labels }) => name + JSON.stringify(labels)),
      )
    const before = seriesOf(await scrape(server.url))
    await Promise.all(
      Array.from({ length: workers }, async (_, worker) => {
        for (let n = worker; n < inventedNames; n += workers) await invented(n)
      }),
    )
    const after = await scrape(server.url)
    assert.deepEqual(
      [...seriesOf(after)].filter((series) => !before.has(series)),
      [],
    )
    assert.doesNotMatch(after.text, /invented/)
    assert.ok(after.sum('mcp_tool_calls_total', { tool_name: '_unknown' }) >= (inventedNames / 5) * 2)
  })
})

describe('a secret in configuration, headers or arguments', () => {
  it('appears in no log line, span, metric or response', async () => {
    const secret = 'hunter2plantedsecret'
    const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${secret}`
    const otlp = await startOtlpReceiver()
    const exported = { ...otlpEnvironment(otlp.url), OTEL_LOGS_EXPORTER: 'otlp' }
    const withSecrets = new URL(stack.env.DATABASE_URL ?? '')
    const role = `secret_${randomBytes(6).toString('hex')}`
    const admin = urlOfDatabase(process.env.TEST_POSTGRES_ADMIN_URL ?? '', withSecrets.pathname.slice(1))
    await executeSql(admin, `create role ${role} superuser login password '${secret}'`)
    afterFile(() => executeSql(admin, `drop role ${role}`))
    withSecrets.username = role
    withSecrets.password = secret
    const servers = [
      await startWith({ ...exported, DATABASE_URL: withSecrets.href }),
      // Every dependency is unreachable, so each driver error contains its URL.
      await startWith({
        ...exported,
        DATABASE_URL: `postgres://app:${secret}@127.0.0.1:1/app`,
        REDIS_URL: `redis://:${secret}@127.0.0.1:1`,
        ...unreachableSettings,
      }),
    ]
    const answers: string[] = []
    const headers = { authorization: `Bearer ${jwt}`, cookie: `session=${secret}`, 'x-api-key': secret }
    for (const { mcpUrl, url } of servers) {
      for (const call of callsWithText(secret)) {
        answers.push(
          (await postModern(mcpUrl, 'tools/call', call, headers)).text,
          (await postLegacy(mcpUrl, 'tools/call', call)).text,
        )
      }
      answers.push((await post(mcpUrl, `{"broken": "${secret}"`, headers)).text)
      await fetch(`${url}/documents/nope?token=${secret}`)
      answers.push(await (await fetch(`${url}/health`)).text(), (await scrape(url)).text)
    }
    for (const server of servers) assert.equal(await server.stop(), 0)
    const places = {
      logs: servers.map(({ lines }) => JSON.stringify(lines)).join(),
      otlp: otlp.bodies.join(),
      answers: answers.join(),
    }
    assert.ok(
      otlp.bodies.some((body) => body.includes('resourceLogs')) &&
        otlp.bodies.some((body) => body.includes('resourceSpans')),
    )
    for (const [place, text] of Object.entries(places)) {
      const at = text.indexOf(secret)
      assert.equal(at, -1, `${place}: …${text.slice(Math.max(0, at - 300), at + 40)}`)
    }
  })
})

describe('a secret in a name that a client chooses', () => {
  it('appears in no log line or span', async () => {
    const otlp = await startOtlpReceiver()
    const server = await startWith({ ...otlpEnvironment(otlp.url), OTEL_LOGS_EXPORTER: 'otlp' })
    const named = 'password=hunter2planted'
    for (const [method, params] of [
      ['tools/call', callOf(named, {})],
      ['prompts/get', { name: named }],
      ['resources/read', { uri: `document://user:hunter2planted@${named}` }],
      [named, {}],
    ] as const) {
      await postModern(server.mcpUrl, method, params, { 'user-agent': named })
      await postLegacy(server.mcpUrl, method, params)
    }
    await fetch(`${server.url}/documents/${named}`)
    await otlp.span(({ attributes }) => String(attributes['url.path']).startsWith('/documents/password='))
    assert.equal(await server.stop(), 0)
    assert.doesNotMatch(JSON.stringify(server.lines), /hunter2planted/)
    assert.doesNotMatch(otlp.bodies.join(), /hunter2planted/)
    assert.match(otlp.bodies.join(), /password=\[redacted\]/)
  })
})

describe('the telemetry backend', () => {
  it('does not affect calls or shutdown when it is down or frozen, and export failures are counted', async () => {
    const frozen = createServer(() => {}).listen(0, '127.0.0.1')
    await once(frozen, 'listening')
    afterFile(() => frozen.close())
    const { port } = frozen.address() as { port: number }
    for (const endpoint of ['http://127.0.0.1:1', `http://127.0.0.1:${port}`]) {
      const server = await startWith({
        ...otlpEnvironment(endpoint),
        OTEL_EXPORTER_OTLP_TIMEOUT: '300',
        OTEL_BSP_EXPORT_TIMEOUT: '300',
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_METRIC_EXPORT_INTERVAL: '400',
      })
      for (let n = 0; n < 5; n++) assert.equal((await postModern(server.mcpUrl, 'tools/list')).status, 200)
      for (const signal of ['traces', 'metrics']) {
        let failures = 0
        for (let tries = 0; tries < 100 && failures === 0; tries++) {
          await delay(100)
          failures = (await scrape(server.url)).sum('mcp_telemetry_export_failures_total', { signal })
        }
        assert.ok(failures > 0, `${signal} to ${endpoint}`)
      }
      assert.deepEqual(
        server.lines.filter(({ level }) => level === 'error'),
        [],
      )
      const startedAtMs = performance.now()
      assert.equal(await server.stop(), 0)
      assert.ok(performance.now() - startedAtMs < 20_000)
    }
  })

  it('is optional: without it there are no warnings, and the log still carries the trace id of the client', async () => {
    const { server } = await sharedStack()
    await postModern(server.mcpUrl, 'tools/call', plain.call)
    const line = await server.line((line) => line['gen_ai.tool.name'] === plain.call.name)
    assert.equal(line.trace_id, undefined)
    // A client's trace id is logged even without tracing.
    const traced = {
      ...modernRequest('tools/list'),
      params: {
        _meta: { ...envelope, traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
      },
    }
    await post(server.mcpUrl, traced, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' })
    await server.line((line) => line.trace_id === '4bf92f3577b34da6a3ce929d0e0e4736')
    assert.deepEqual(
      server.lines.filter(({ level }) => level === 'error' || level === 'warn'),
      [],
    )
  })

  it('trims OTEL variables, ignores empty ones and exits with the name of an invalid one', async () => {
    const otlp = await startOtlpReceiver()
    const emptyVariables = {
      OTEL_METRICS_EXPORTER: '',
      OTEL_PROPAGATORS: ' ',
      OTEL_NODE_ENABLED_INSTRUMENTATIONS: '',
      OTEL_LOGS_EXPORTER: '',
    }
    const trimmed = Object.entries(otlpEnvironment(otlp.url)).map(([name, value]) => [name, ` ${value}\n`])
    const server = await startWith({
      ...Object.fromEntries(trimmed),
      ...emptyVariables,
      OTEL_SERVICE_NAME: 'renamed',
    })
    await postModern(server.mcpUrl, 'tools/list')
    await otlp.span(({ name }) => name === 'tools/list')
    const line = await server.line((line) => line['mcp.method.name'] === 'tools/list')
    assert.equal(line['service.name'], 'renamed')
    assert.ok(otlp.bodies.every((body) => body.includes('"renamed"') && body.includes('resourceSpans')))
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      const env = { ...stack.env, ...otlpEnvironment(otlp.url), OTEL_EXPORTER_OTLP_PROTOCOL: 'http' }
      execFile(
        process.execPath,
        ['--import', './dist/telemetry/register.js', 'dist/main.js'],
        { env },
        (error, _stdout, stderr) => resolve({ code: error?.code, stderr }),
      )
    })
    assert.equal(code, 1)
    assert.match(stderr, /OTEL_EXPORTER_OTLP_PROTOCOL: must be http\/protobuf or http\/json or grpc/)
    assert.doesNotMatch(stderr, /\bat /)
  })

  it('receives the last log lines although it rejects the last traces', async () => {
    const accepted: string[] = []
    const backend = createHttpServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      if (request.url === '/v1/traces') return void response.writeHead(404).end()
      await delay(300)
      if (!response.destroyed) accepted.push(body)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    }).listen(0, '127.0.0.1')
    await once(backend, 'listening')
    afterFile(() => backend.close())
    const { port } = backend.address() as { port: number }
    const server = await startWith({
      ...otlpEnvironment(`http://127.0.0.1:${port}`),
      OTEL_BSP_SCHEDULE_DELAY: '60000',
      OTEL_LOGS_EXPORTER: 'otlp',
    })
    await postModern(server.mcpUrl, 'tools/list')
    assert.equal(await server.stop(), 0)
    assert.ok(accepted.some((body) => body.includes('"stopped"')))
  })

  it('is not told that an idle connection was lost during the call that opened it', {
    skip: !databaseCall,
  }, async () => {
    const otlp = await startOtlpReceiver()
    const database = new URL(stack.env.DATABASE_URL ?? '')
    database.searchParams.set('application_name', 'lost')
    const server = await startWith({ ...otlpEnvironment(otlp.url), DATABASE_URL: database.href })
    // More calls at once than connections from the start, so calls open some.
    await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        postModern(server.mcpUrl, 'tools/call', databaseCall?.(`lost ${n}`)),
      ),
    )
    await executeSql(
      database.href,
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lost' and pid <> pg_backend_pid()",
    )
    await server.line(({ message }) => message === 'idle postgres connection lost')
    await postModern(server.mcpUrl, 'tools/list')
    const lost = server.lines.filter(({ message }) => message === 'idle postgres connection lost')
    assert.deepEqual(new Set(lost.map((line) => line.trace_id)), new Set([undefined]))
  })

  it('receives spans of an instrumentation that the environment adds', async () => {
    const otlp = await startOtlpReceiver()
    const server = await startWith({
      ...otlpEnvironment(otlp.url),
      OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,express',
    })
    await postModern(server.mcpUrl, 'tools/list')
    await otlp.span(({ attributes }) => attributes['express.type'] === 'middleware')
  })

  it('receives only sampled traces, while log and metrics cover all calls', async () => {
    const otlp = await startOtlpReceiver()
    const server = await startWith({ ...otlpEnvironment(otlp.url), OTEL_TRACES_SAMPLER: 'always_off' })
    await postModern(server.mcpUrl, 'tools/call', callOf(plain.call.name, {}))
    await server.line((line) => line['error.code'] === 'invalid_arguments')
    const after = await scrape(server.url, 'application/openmetrics-text')
    assert.equal(after.sum('mcp_tool_errors_total', { code: 'invalid_arguments' }), 1)
    assert.deepEqual(
      after.samples.filter(({ exemplar }) => exemplar !== undefined),
      [],
    )
    assert.equal(await server.stop(), 0)
    assert.deepEqual(otlp.spans, [])
  })
})
