import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { errorTable } from '../../src/errors.ts'
import { type OtlpReceiver, otlpEnvironment, type ReceivedSpan, startOtlpReceiver } from '../support/otlp.ts'
import { envelope, postModern } from '../support/raw.ts'
import {
  callOfEachTool,
  catalog,
  databaseCall,
  injectLatency,
  injectTimeout,
  notFoundCall,
  plain,
  prompt,
  resource,
  tracedCall,
} from '../support/sample-calls.ts'
import { type Scrape, scrape, untilInFlight } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'

/** Log line, span and metrics of one message. */
interface Signals {
  readonly line: Record<string, unknown>
  readonly span: ReceivedSpan
  readonly trace: ReceivedSpan[]
  readonly traceparent: { readonly traceId: string; readonly spanId: string }
  /** Growth of a metric during the message. */
  growth(name: string, labels?: Record<string, string>): number
  readonly after: Scrape
}

const revisions = ['2026-07-28', '2025-11-25'] as const
type Revision = (typeof revisions)[number]

let otlp: OtlpReceiver
let stack: Stack
let withoutDatabase: RunningServer

before(async () => {
  otlp = await startOtlpReceiver()
  stack = await startStack(otlpEnvironment(otlp.url))
  withoutDatabase = await startServer({ ...stack.env, DATABASE_URL: 'postgres://app@127.0.0.1:1/app' })
})

/** Sends one message with a trace context and collects its signals. */
async function observe(
  revision: Revision,
  method: string,
  params: Record<string, unknown>,
  { server = stack.server, aborts = false }: { server?: RunningServer; aborts?: boolean } = {},
): Promise<Signals> {
  const traceparent = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') }
  const requestId = randomUUID()
  const before = await scrape(server.url)
  const name = params.name ?? params.uri
  const meta = {
    traceparent: `00-${traceparent.traceId}-${traceparent.spanId}-01`,
    baggage: 'planted=baggage',
  }
  const abort = new AbortController()
  const exchange = fetch(server.mcpUrl, {
    method: 'POST',
    signal: abort.signal,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'x-request-id': requestId,
      'mcp-protocol-version': revision,
      ...(revision === '2026-07-28' && {
        'mcp-method': method,
        ...(typeof name === 'string' && { 'mcp-name': name }),
      }),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: { ...params, _meta: revision === '2026-07-28' ? { ...envelope, ...meta } : meta },
    }),
  })
    .then((response) => response.text())
    .catch((error: unknown) => assert.ok(abort.signal.aborted, String(error)))
  if (aborts) {
    await untilInFlight(server.url)
    abort.abort()
  }
  await exchange
  const line = await server.line((line) => line.request_id === requestId)
  const span = await otlp.span(({ spanId }) => spanId === line.span_id)
  const after = await scrape(server.url, 'application/openmetrics-text')
  assert.equal(
    server.lines.filter((line) => line.request_id === requestId).length,
    1,
    'expected one log line per message',
  )
  return {
    line,
    span,
    trace: await otlp.trace(traceparent.traceId),
    traceparent,
    after,
    growth: (name, labels) => after.sum(name, labels) - before.sum(name, labels),
  }
}

/** Asserts what holds for every message, regardless of its outcome. */
function assertSignalsAgree(
  revision: Revision,
  { line, span, trace, traceparent, growth, after }: Signals,
): void {
  const method = String(line['mcp.method.name'])
  const tool = method === 'tools/call' ? String(line['gen_ai.tool.name']) : undefined
  const known = catalog.tools.some(({ name }) => name === tool)
  const isClientError = [-32700, -32600, -32601, -32602].includes(Number(line['rpc.response.status_code']))

  assert.equal(line.trace_id, traceparent.traceId)
  assert.deepEqual([span.traceId, span.parentSpanId, span.kind], [traceparent.traceId, traceparent.spanId, 2])
  const promptName = catalog.prompts.find(({ name }) => name === line['gen_ai.prompt.name'])?.name
  const target = known ? tool : promptName
  assert.equal(span.name, target === undefined ? method : `${method} ${target}`)
  assert.equal(span.links.length, 1)
  const http = otlp.spans.find(({ spanId }) => spanId === span.links[0]?.spanId)
  assert.equal(http?.name ?? 'POST /mcp', 'POST /mcp')
  assert.ok(trace.includes(span))

  assert.equal(span.attributes['mcp.method.name'], method)
  assert.equal(span.attributes['gen_ai.tool.name'], tool)
  assert.equal(span.attributes['gen_ai.operation.name'], tool === undefined ? undefined : 'execute_tool')
  assert.equal(span.attributes['jsonrpc.request.id'], '1')
  assert.equal(span.attributes['mcp.protocol.version'], revision)
  assert.equal(span.attributes['error.type'], line['error.type'])
  assert.equal(span.attributes['enduser.id'], line.caller)
  assert.equal(span.attributes['error.code'], line['error.code'])
  assert.equal(span.attributes['mcp.cache.result'], line.cache)
  assert.equal(growth('mcp_cache_lookups_total'), line.cache === undefined ? 0 : 1)
  if (line.cache !== undefined)
    assert.equal(growth('mcp_cache_lookups_total', { result: String(line.cache) }), 1)
  assert.equal(span.statusCode, line['error.type'] === undefined || isClientError ? 0 : 2)

  const labels = {
    mcp_method_name: method,
    gen_ai_tool_name: tool === undefined ? '' : known ? tool : '_unknown',
    error_type: String(line['error.type'] ?? ''),
    mcp_protocol_version: revision,
    network_transport: 'tcp',
  }
  assert.equal(growth('mcp_server_operation_duration_seconds_count'), 1)
  assert.equal(growth('mcp_server_operation_duration_seconds_count', labels), 1)
  const seconds = growth('mcp_server_operation_duration_seconds_sum', labels)
  assert.ok(
    Math.abs(seconds * 1000 - Number(line.duration_ms)) < 0.01,
    `${seconds} s and ${line.duration_ms} ms`,
  )
  const era = revision === '2026-07-28' ? 'modern' : 'legacy'
  assert.equal(growth('mcp_client_messages_total', { era }), 1)
  assert.equal(growth('mcp_stream_duration_seconds_count'), 0)
  assert.equal(growth('mcp_requests_rejected_total'), 0)
  const exemplars = after.samples.filter(({ exemplar }) => exemplar?.trace_id === traceparent.traceId)
  assert.equal(
    exemplars.some(({ name }) => name === 'mcp_server_operation_duration_seconds_bucket'),
    Number(span.attributes['sampling.priority']) === 1,
    'only a kept trace has an exemplar',
  )
  assert.ok(exemplars.every(({ exemplar }) => exemplar?.span_id === span.spanId))

  if (tool === undefined) {
    assert.equal(growth('mcp_tool_calls_total'), 0)
    return
  }
  const tool_name = known ? tool : '_unknown'
  assert.equal(growth('mcp_tool_calls_total'), 1)
  assert.equal(
    growth('mcp_tool_calls_total', { tool_name, status: line.outcome === 'success' ? 'success' : 'error' }),
    1,
  )
  assert.equal(growth('mcp_tool_latency_seconds_count', { tool_name }), 1)
  assert.equal(growth('mcp_tool_errors_total'), line.outcome === 'success' ? 0 : 1)
  if (line.outcome !== 'success')
    assert.equal(growth('mcp_tool_errors_total', { tool_name, code: String(line['error.code']) }), 1)
  assert.equal(growth('mcp_tool_result_bytes_sum'), Number(line.result_bytes ?? 0))
  const level =
    line['error.code'] === undefined
      ? 'info'
      : errorTable[line['error.code'] as keyof typeof errorTable].logLevel
  assert.equal(line.level, level)
}

for (const revision of revisions) {
  describe(`log, span and metrics of a ${revision} message`, () => {
    for (const call of callOfEachTool) {
      it(`agree when ${call.name} succeeds`, async () => {
        const signals = await observe(revision, 'tools/call', call)
        assert.equal(signals.line.outcome, 'success')
        assertSignalsAgree(revision, signals)
      })
    }

    for (const { name } of catalog.tools) {
      it(`agree when ${name} gets invalid arguments`, async () => {
        const signals = await observe(revision, 'tools/call', { name, arguments: { wrong: true } })
        assert.deepEqual([signals.line.outcome, signals.line['error.code']], ['error', 'invalid_arguments'])
        assertSignalsAgree(revision, signals)
      })
    }

    it('agree when the arguments are not an object', async () => {
      const signals = await observe(revision, 'tools/call', { ...plain.call, arguments: 'text' })
      assert.deepEqual(
        [signals.line['error.type'], signals.line['error.code']],
        ['-32602', 'invalid_arguments'],
      )
      assertSignalsAgree(revision, signals)
    })

    it('agree when a tool returns not_found', { skip: !notFoundCall }, async () => {
      const signals = await observe(revision, 'tools/call', notFoundCall ?? {})
      assert.deepEqual([signals.line['error.type'], signals.line['error.code']], ['tool_error', 'not_found'])
      assertSignalsAgree(revision, signals)
    })

    it('agree when the tool is unknown', async () => {
      const signals = await observe(revision, 'tools/call', { name: 'no_such_tool', arguments: {} })
      assert.deepEqual([signals.line['error.type'], signals.line['error.code']], ['-32602', 'unknown_tool'])
      assertSignalsAgree(revision, signals)
    })

    it('agree when the call times out', async () => {
      const { call, end } = await injectTimeout(stack)
      const signals = await observe(revision, 'tools/call', call)
      await end()
      assert.equal(signals.line['error.code'], 'timeout')
      assertSignalsAgree(revision, signals)
    })

    it('agree when the client disconnects', async () => {
      const slowness = injectLatency(stack, 'forever')
      const signals = await observe(revision, 'tools/call', slowness.call(), { aborts: true })
      slowness.end()
      assert.deepEqual([signals.line.outcome, signals.line['error.type']], ['cancelled', 'cancelled'])
      assertSignalsAgree(revision, signals)
    })

    it('agree when a dependency is unavailable', { skip: !databaseCall }, async () => {
      const signals = await observe(revision, 'tools/call', databaseCall?.(`unavailable ${revision}`) ?? {}, {
        server: withoutDatabase,
      })
      assert.deepEqual([signals.line['error.code'], signals.line.level], ['unavailable', 'error'])
      assertSignalsAgree(revision, signals)
    })

    it('agree when the message is not a tool call', async () => {
      for (const [method, params] of [
        ['tools/list', {}],
        ['prompts/list', {}],
        ['prompts/get', prompt.call],
        ['resources/list', {}],
        ['resources/read', { uri: resource.uri }],
        [
          'completion/complete',
          { ref: { type: 'ref/resource', uri: resource.template }, argument: resource.argument },
        ],
      ] as const) {
        const signals = await observe(revision, method, params)
        assert.equal(signals.line.outcome, 'success', JSON.stringify(signals.line))
        assertSignalsAgree(revision, signals)
      }
    })

    it('agree when a method other than tools/call fails', async () => {
      for (const [method, params] of [
        ['resources/read', { uri: resource.absent }],
        ['prompts/get', { ...prompt.call, arguments: {} }],
        ['resources/list', { cursor: 'made up' }],
      ] as const) {
        const signals = await observe(revision, method, params)
        assert.equal(signals.line['error.type'], '-32602')
        assertSignalsAgree(revision, signals)
      }
    })
  })
}

describe('a trace', () => {
  it('contains a span of every client library a call uses, below the MCP span', async () => {
    const { trace, span } = await observe('2026-07-28', 'tools/call', tracedCall.call(`all ${Date.now()}`))
    const scopes = (spans: ReceivedSpan[]) =>
      new Set(spans.map(({ scope }) => scope.replace('@opentelemetry/instrumentation-', '')))
    for (const scope of tracedCall.libraries)
      assert.ok(scopes(trace).has(scope), `no ${scope} among ${[...scopes(trace)]}`)
    for (const { scope, attributes } of trace) {
      if (!scope.endsWith('ioredis')) continue
      const command = attributes['db.query.text'] ?? attributes['db.statement'] ?? ''
      assert.match(String(command), /^\w*$/, 'a Redis span has a key')
    }
    const ids = new Set(trace.map(({ spanId }) => spanId))
    for (const child of trace)
      if (child !== span) assert.ok(ids.has(child.parentSpanId ?? ''), `${child.name} has no parent`)

    const [link] = span.links
    const http = await otlp.span(({ spanId }) => spanId === link?.spanId)
    assert.equal(http.scope, 'observable-mcp-server')
    const expected = {
      'http.request.method': 'POST',
      'http.route': '/mcp',
      'http.response.status_code': 200,
      'url.path': '/mcp',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
    }
    for (const [name, value] of Object.entries(expected)) assert.equal(http.attributes[name], value, name)
  })

  it('has the HTTP span as parent of the MCP span when only the HTTP traceparent header is sent', async () => {
    const traceId = randomBytes(16).toString('hex')
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: envelope } }
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    }
    await fetch(stack.server.mcpUrl, {
      method: 'POST',
      headers: { ...headers, traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      body: JSON.stringify(body),
    })
    const span = await otlp.span((span) => span.traceId === traceId && span.name === 'tools/list')
    const http = await otlp.span(({ spanId }) => spanId === span.parentSpanId)
    assert.deepEqual([http.traceId, http.parentSpanId, http.name], [traceId, '00f067aa0ba902b7', 'POST /mcp'])
    assert.deepEqual(span.links, [])
  })

  it('is not created for probes and scrapes', async () => {
    for (const path of ['/livez', '/readyz', '/health', '/metrics'])
      await fetch(`${stack.server.url}${path}?x=1`)
    const later = `/${randomUUID()}`
    await fetch(stack.server.url + later)
    await otlp.span((span) => span.attributes['url.path'] === later)
    assert.deepEqual(
      otlp.spans.filter(({ attributes }) =>
        /livez|readyz|health|metrics/.test(String(attributes['url.path'])),
      ),
      [],
    )
  })
})

describe('a subscription stream', () => {
  it('counts as open while it lasts, and has a log line, a span and a duration of its own when it ends', async () => {
    const before = await scrape(stack.server.url)
    const requestId = randomUUID()
    const caller = new AbortController()
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
      'x-request-id': requestId,
    }
    const open = (notifications: object | undefined) =>
      fetch(stack.server.mcpUrl, {
        method: 'POST',
        signal: caller.signal,
        headers,
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 's',
          method: 'subscriptions/listen',
          params: { notifications, _meta: envelope },
        }),
      })
    const response = await open({ resourcesListChanged: true })
    assert.equal((await scrape(stack.server.url)).sum('mcp_streams_open'), 1)
    assert.equal(stack.server.lines.filter((line) => line.request_id === requestId).length, 0)
    const reading = response.text()
    caller.abort()
    await assert.rejects(reading)
    const line = await stack.server.line((line) => line.request_id === requestId)
    assert.deepEqual([line['mcp.method.name'], line.outcome], ['subscriptions/listen', 'success'])
    const after = await scrape(stack.server.url)
    assert.equal(after.sum('mcp_streams_open'), 0)
    const growth = (name: string) => after.sum(name) - before.sum(name)
    assert.equal(growth('mcp_stream_duration_seconds_count'), 1)
    const seconds = growth('mcp_stream_duration_seconds_sum')
    assert.ok(Math.abs(seconds * 1000 - Number(line.duration_ms)) < 0.01, `${seconds} s`)
    assert.equal(growth('mcp_client_messages_total'), 1)
    assert.equal(growth('mcp_server_operation_duration_seconds_count'), 0)
    const span = await otlp.span(({ spanId }) => spanId === line.span_id)
    assert.deepEqual(
      [span.name, span.attributes['mcp.method.name'], span.statusCode],
      ['subscriptions/listen', 'subscriptions/listen', 0],
    )
  })

  it('is a message like others if it is rejected with a JSON-RPC error', async () => {
    const before = await scrape(stack.server.url)
    const requestId = randomUUID()
    await postModern(stack.server.mcpUrl, 'subscriptions/listen', {}, { 'x-request-id': requestId })
    const line = await stack.server.line((line) => line.request_id === requestId)
    const after = await scrape(stack.server.url)
    const growth = (name: string) => after.sum(name) - before.sum(name)
    assert.equal(line['rpc.response.status_code'], -32602)
    assert.equal(growth('mcp_server_operation_duration_seconds_count'), 1)
    assert.equal(growth('mcp_stream_duration_seconds_count'), 0)
  })
})

describe('a call that joins the computation of an equal call', () => {
  it('has shared in log, metric and span, and a span link to the call that computes', async () => {
    const slowness = injectLatency(stack, 1_500)
    const call = slowness.call()
    const send = async (requestId = randomUUID()) => {
      await postModern(stack.server.mcpUrl, 'tools/call', call, { 'x-request-id': requestId })
      return stack.server.line((line) => line.request_id === requestId)
    }
    const before = await scrape(stack.server.url)
    const lines = await Promise.all([send(), send(), send()])
    slowness.end()
    const later = await send()
    const after = await scrape(stack.server.url)

    assert.deepEqual(lines.map(({ cache }) => cache).sort(), ['miss', 'shared', 'shared'])
    assert.equal(later.cache, 'hit')
    for (const [result, count] of Object.entries({ hit: 1, miss: 1, shared: 2, error: 0 })) {
      const growth = ({ sum }: Scrape) => sum('mcp_cache_lookups_total', { result })
      assert.equal(growth(after) - growth(before), count, result)
    }
    const computing = lines.find(({ cache }) => cache === 'miss')
    for (const line of [...lines, later]) {
      const span = await otlp.span(({ spanId }) => spanId === line.span_id)
      assert.equal(span.attributes['mcp.cache.result'], line.cache)
      assert.deepEqual(
        span.links.map(({ traceId, spanId }) => [traceId, spanId]),
        line.cache === 'shared' ? [[computing?.trace_id, computing?.span_id]] : [],
      )
    }
  })
})

describe('a rejected request', () => {
  it('is counted by reason and logged once, but not counted as a message', async () => {
    const url = stack.server.mcpUrl
    const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const modern = { ...json, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: envelope } })
    const badVersion = { ...envelope, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' }
    const cases: [reason: string, init: RequestInit][] = [
      ['origin', { headers: { ...modern, origin: 'https://evil.example' }, body }],
      ['payload_too_large', { headers: modern, body: 'x'.repeat(5 << 20) }],
      ['unsupported_media_type', { headers: { ...modern, 'content-type': 'text/plain' }, body }],
      [
        'not_acceptable',
        {
          headers: { 'content-type': 'application/json', accept: 'text/html' },
          body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
        },
      ],
      ['malformed_json', { headers: json, body: '{' }],
      ['invalid_request', { headers: json, body: '{"hello":1}' }],
      ['header_mismatch', { headers: { ...modern, 'mcp-method': 'prompts/list' }, body }],
      [
        'unsupported_version',
        {
          headers: { ...modern, 'mcp-protocol-version': '2099-01-01' },
          body: JSON.stringify({
            jsonrpc: '2.0',
            id: 1,
            method: 'tools/list',
            params: { _meta: badVersion },
          }),
        },
      ],
      ['method_not_allowed', { method: 'GET', headers: { accept: 'application/json' } }],
      ['no_stream', { method: 'GET', headers: { accept: 'text/event-stream' } }],
      ['no_session', { method: 'DELETE', headers: { 'mcp-session-id': 'any' } }],
    ]
    for (const [reason, init] of cases) {
      const requestId = randomUUID()
      const before = await scrape(stack.server.url)
      const response = await fetch(url, {
        method: 'POST',
        ...init,
        headers: { ...(init.headers as object), 'x-request-id': requestId },
      })
      assert.ok(response.status >= 400 && response.status < 500, `${reason}: ${response.status}`)
      const line = await stack.server.line((line) => line.request_id === requestId)
      assert.deepEqual([line.message, line.reason, line.level], ['http request rejected', reason, 'info'])
      assert.equal(line.caller, reason === 'origin' ? undefined : 'anonymous', reason)
      const after = await scrape(stack.server.url)
      assert.equal(
        after.sum('mcp_requests_rejected_total') - before.sum('mcp_requests_rejected_total'),
        1,
        reason,
      )
      assert.equal(
        after.sum('mcp_requests_rejected_total', { reason }) -
          before.sum('mcp_requests_rejected_total', { reason }),
        1,
        reason,
      )
      assert.equal(after.sum('mcp_client_messages_total'), before.sum('mcp_client_messages_total'), reason)
      assert.equal(stack.server.lines.filter((line) => line.request_id === requestId).length, 1, reason)
    }
  })
})

describe('MCP span attributes', () => {
  it('are documented in the guides', () => {
    const rows = readdirSync('docs/guides')
      .flatMap((name) => readFileSync(`docs/guides/${name}`, 'utf8').split('\n'))
      .filter((line) => line.startsWith('| `'))
    const described = new Set(rows.flatMap((row) => row.split('|')[1]?.match(/[\w.]+/g) ?? []))
    const spans = otlp.spans.filter(({ attributes }) => 'mcp.method.name' in attributes)
    const attributes = new Set(spans.flatMap(({ attributes }) => Object.keys(attributes)))
    assert.ok(attributes.size > 8, `${[...attributes]}`)
    for (const attribute of attributes)
      assert.ok(described.has(attribute), `span attribute ${attribute} is not documented in docs/guides`)
  })
})
