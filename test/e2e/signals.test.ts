import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { errorTable } from '../../src/errors.ts'
import { type OtlpReceiver, otlpEnvironment, type ReceivedSpan, startOtlpReceiver } from '../support/otlp.ts'
import { envelope } from '../support/raw.ts'
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
import { type Scrape, scrape } from '../support/scrape.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'

/** The three signals of one message, next to each other. */
interface Signals {
  readonly line: Record<string, unknown>
  readonly span: ReceivedSpan
  readonly trace: ReceivedSpan[]
  readonly traceparent: { readonly traceId: string; readonly spanId: string }
  /** By how much a metric has grown. */
  grown(name: string, labels?: Record<string, string>): number
  readonly after: Scrape
}

type Era = 'modern' | 'legacy'
const eras: readonly Era[] = ['modern', 'legacy']

let otlp: OtlpReceiver
let stack: Stack
let withoutDatabase: RunningServer

before(async () => {
  otlp = await startOtlpReceiver()
  stack = await startStack(otlpEnvironment(otlp.url))
  withoutDatabase = await startServer({ ...stack.env, DATABASE_URL: 'postgres://app@127.0.0.1:1/app' })
})

/** Sends one message as a client of an era does, with a trace context, and collects what the server tells of it. */
async function observe(
  era: Era,
  method: string,
  params: Record<string, unknown>,
  { server = stack.server, signal }: { server?: RunningServer; signal?: AbortSignal } = {},
): Promise<Signals> {
  const traceparent = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') }
  const requestId = randomUUID()
  const before = await scrape(server.url)
  const name = params.name ?? params.uri
  const meta = {
    traceparent: `00-${traceparent.traceId}-${traceparent.spanId}-01`,
    baggage: 'planted=baggage',
  }
  await fetch(server.mcpUrl, {
    method: 'POST',
    ...(signal && { signal }),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'x-request-id': requestId,
      'mcp-protocol-version': era === 'modern' ? '2026-07-28' : '2025-11-25',
      ...(era === 'modern' && {
        'mcp-method': method,
        ...(typeof name === 'string' && { 'mcp-name': name }),
      }),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: { ...params, _meta: era === 'modern' ? { ...envelope, ...meta } : meta },
    }),
  }).then(
    (response) => response.text(),
    (error: unknown) => assert.ok(signal?.aborted, String(error)),
  )
  const line = await server.line((line) => line.request_id === requestId)
  const span = await otlp.span(({ spanId }) => spanId === line.span_id)
  const after = await scrape(server.url, 'application/openmetrics-text')
  assert.equal(
    server.lines.filter((line) => line.request_id === requestId).length,
    1,
    'exactly one log line a message',
  )
  return {
    line,
    span,
    trace: await otlp.trace(traceparent.traceId),
    traceparent,
    after,
    grown: (name, labels) => after.sum(name, labels) - before.sum(name, labels),
  }
}

/** What must hold for every message, whatever came of it. */
function assertSignalsAgree(era: Era, { line, span, trace, traceparent, grown, after }: Signals): void {
  const method = String(line['mcp.method.name'])
  const tool = method === 'tools/call' ? String(line['gen_ai.tool.name']) : undefined
  const known = catalog.tools.some(({ name }) => name === tool)
  const callersError = [-32700, -32600, -32601, -32602].includes(Number(line['rpc.response.status_code']))

  assert.equal(line.trace_id, traceparent.traceId)
  assert.deepEqual([span.traceId, span.parentSpanId, span.kind], [traceparent.traceId, traceparent.spanId, 2])
  assert.equal(span.name, tool === undefined ? method : known ? `tools/call ${tool}` : 'tools/call')
  assert.equal(span.links.length, 1)
  const http = otlp.spans.find(({ spanId }) => spanId === span.links[0]?.spanId)
  assert.equal(http?.name ?? 'POST /mcp', 'POST /mcp')
  assert.ok(trace.includes(span))

  assert.equal(span.attributes['mcp.method.name'], method)
  assert.equal(span.attributes['gen_ai.tool.name'], tool)
  assert.equal(span.attributes['gen_ai.operation.name'], tool === undefined ? undefined : 'execute_tool')
  assert.equal(span.attributes['jsonrpc.request.id'], '1')
  assert.equal(span.attributes['mcp.protocol.version'], era === 'modern' ? '2026-07-28' : '2025-11-25')
  assert.equal(span.attributes['error.type'], callersError ? undefined : line['error.type'])
  assert.equal(span.attributes['error.code'], line['error.code'])
  assert.equal(span.statusCode, line['error.type'] === undefined || callersError ? 0 : 2)

  const labels = {
    mcp_method_name: method,
    gen_ai_tool_name: tool === undefined ? '' : known ? tool : '_unknown',
    error_type: String(line['error.type'] ?? ''),
    mcp_protocol_version: era === 'modern' ? '2026-07-28' : '2025-11-25',
    network_transport: 'tcp',
  }
  assert.equal(grown('mcp_server_operation_duration_seconds_count'), 1)
  assert.equal(grown('mcp_server_operation_duration_seconds_count', labels), 1)
  const seconds = grown('mcp_server_operation_duration_seconds_sum', labels)
  assert.ok(
    Math.abs(seconds * 1000 - Number(line.duration_ms)) < 0.01,
    `${seconds} s and ${line.duration_ms} ms`,
  )
  assert.equal(grown('mcp_client_requests_total', { era }), 1)
  assert.equal(grown('mcp_requests_rejected_total'), 0)
  const exemplars = after.samples.filter(({ exemplar }) => exemplar?.trace_id === traceparent.traceId)
  assert.ok(exemplars.some(({ name }) => name === 'mcp_server_operation_duration_seconds_bucket'))
  assert.ok(exemplars.every(({ exemplar }) => exemplar?.span_id === span.spanId))

  if (tool === undefined) {
    assert.equal(grown('mcp_tool_calls_total'), 0)
    return
  }
  const tool_name = known ? tool : '_unknown'
  assert.equal(grown('mcp_tool_calls_total'), 1)
  assert.equal(
    grown('mcp_tool_calls_total', { tool_name, status: line.outcome === 'success' ? 'success' : 'error' }),
    1,
  )
  assert.equal(grown('mcp_tool_latency_seconds_count', { tool_name }), 1)
  assert.equal(grown('mcp_tool_errors_total'), line.outcome === 'success' ? 0 : 1)
  if (line.outcome !== 'success')
    assert.equal(grown('mcp_tool_errors_total', { tool_name, code: String(line['error.code']) }), 1)
  assert.equal(grown('mcp_tool_result_bytes_sum'), Number(line.result_bytes ?? 0))
  const level =
    line['error.code'] === undefined
      ? 'info'
      : errorTable[line['error.code'] as keyof typeof errorTable].logLevel
  assert.equal(line.level, level)
}

for (const era of eras) {
  describe(`the signals of a message of a ${era} client agree`, () => {
    for (const call of callOfEachTool) {
      it(`when ${call.name} succeeds`, async () => {
        const signals = await observe(era, 'tools/call', call)
        assert.equal(signals.line.outcome, 'success')
        assertSignalsAgree(era, signals)
      })
    }

    for (const { name } of catalog.tools) {
      it(`when ${name} is given wrong arguments`, async () => {
        const signals = await observe(era, 'tools/call', { name, arguments: { wrong: true } })
        assert.deepEqual([signals.line.outcome, signals.line['error.code']], ['error', 'invalid_arguments'])
        assertSignalsAgree(era, signals)
      })
    }

    it('when the arguments are no object at all', async () => {
      const signals = await observe(era, 'tools/call', { ...plain.call, arguments: 'text' })
      assert.deepEqual(
        [signals.line['error.type'], signals.line['error.code']],
        ['-32602', 'invalid_arguments'],
      )
      assertSignalsAgree(era, signals)
    })

    it('when a tool says that something is not there', { skip: !notFoundCall }, async () => {
      const signals = await observe(era, 'tools/call', notFoundCall ?? {})
      assert.deepEqual([signals.line['error.type'], signals.line['error.code']], ['tool_error', 'not_found'])
      assertSignalsAgree(era, signals)
    })

    it('when the tool does not exist', async () => {
      const signals = await observe(era, 'tools/call', { name: 'no_such_tool', arguments: {} })
      assert.deepEqual([signals.line['error.type'], signals.line['error.code']], ['-32602', 'unknown_tool'])
      assertSignalsAgree(era, signals)
    })

    it('when the call takes too long', async () => {
      const { call, end } = await injectTimeout(stack)
      const signals = await observe(era, 'tools/call', call)
      await end()
      assert.equal(signals.line['error.code'], 'timeout')
      assertSignalsAgree(era, signals)
    })

    it('when the caller goes away', async () => {
      const slowness = injectLatency(stack, 'forever')
      const caller = new AbortController()
      setTimeout(() => caller.abort(), 300)
      const signals = await observe(era, 'tools/call', slowness.call(), { signal: caller.signal })
      slowness.end()
      assert.deepEqual([signals.line.outcome, signals.line['error.type']], ['cancelled', 'cancelled'])
      assertSignalsAgree(era, signals)
    })

    it('when a dependency is away', { skip: !databaseCall }, async () => {
      const signals = await observe(era, 'tools/call', databaseCall?.(`away ${era}`) ?? {}, {
        server: withoutDatabase,
      })
      assert.deepEqual([signals.line['error.code'], signals.line.level], ['unavailable', 'error'])
      assertSignalsAgree(era, signals)
    })

    it('when it is no tool call at all', async () => {
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
        const signals = await observe(era, method, params)
        assert.equal(signals.line.outcome, 'success', JSON.stringify(signals.line))
        assertSignalsAgree(era, signals)
      }
    })

    it('when a method fails', async () => {
      for (const [method, params] of [
        ['resources/read', { uri: resource.absent }],
        ['prompts/get', { ...prompt.call, arguments: {} }],
        ['resources/list', { cursor: 'made up' }],
      ] as const) {
        const signals = await observe(era, method, params)
        assert.equal(signals.line['error.type'], '-32602')
        assertSignalsAgree(era, signals)
      }
    })
  })
}

describe('a trace', () => {
  it('has spans of everything a call touches, below the MCP span', async () => {
    const { trace, span } = await observe('modern', 'tools/call', tracedCall.call(`all ${Date.now()}`))
    const scopes = (spans: ReceivedSpan[]) =>
      new Set(spans.map(({ scope }) => scope.replace('@opentelemetry/instrumentation-', '')))
    for (const scope of tracedCall.libraries)
      assert.ok(scopes(trace).has(scope), `no ${scope} among ${[...scopes(trace)]}`)
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

  it("begins with the HTTP span where the client sends no context, and follows the HTTP header's", async () => {
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

  it('is not made of probes and scrapes', async () => {
    for (const path of ['/livez', '/readyz', '/health', '/metrics'])
      await fetch(`${stack.server.url}${path}?x=1`)
    await delay(500)
    assert.deepEqual(
      otlp.spans.filter(({ attributes }) =>
        /livez|readyz|health|metrics/.test(String(attributes['url.path'])),
      ),
      [],
    )
  })
})

describe('a subscription stream', () => {
  it('is a message too: seen as open while it lasts, told once when it ends', async () => {
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
    assert.equal((await scrape(stack.server.url)).sum('mcp_streams_open'), 0)
  })
})

describe('a refused request', () => {
  it('is counted by its reason and logged once, and is no message', async () => {
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
      ['method_not_allowed', { method: 'GET', headers: json }],
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
      assert.deepEqual([line.message, line.reason, line.level], ['mcp request rejected', reason, 'info'])
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
      assert.equal(after.sum('mcp_client_requests_total'), before.sum('mcp_client_requests_total'), reason)
      assert.equal(stack.server.lines.filter((line) => line.request_id === requestId).length, 1, reason)
    }
  })
})

describe('the attributes of the MCP spans', () => {
  it('are described in the guides', () => {
    const rows = readdirSync('docs/guides')
      .flatMap((name) => readFileSync(`docs/guides/${name}`, 'utf8').split('\n'))
      .filter((line) => line.startsWith('| `'))
    const described = new Set(rows.flatMap((row) => row.split('|')[1]?.match(/[\w.]+/g) ?? []))
    const spans = otlp.spans.filter(({ attributes }) => 'mcp.method.name' in attributes)
    const attributes = new Set(spans.flatMap(({ attributes }) => Object.keys(attributes)))
    assert.ok(attributes.size > 8, `${[...attributes]}`)
    for (const attribute of attributes)
      assert.ok(described.has(attribute), `no guide describes the span attribute ${attribute}`)
  })
})
