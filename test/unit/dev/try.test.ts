import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { logLinesOf, type RecordedSpan, spansOf } from '../../../dev/launcher/otlp-json.ts'
import { changesOf, countedCalls, parseMetrics } from '../../../dev/try/metrics.ts'
import { readOptions } from '../../../dev/try/options.ts'
import { createPrinter } from '../../../dev/try/print.ts'
import { isComplete } from '../../../dev/try/show-signals.ts'
import { synopsis, toArguments } from '../../../dev/try/tool-arguments.ts'
import { waterfall } from '../../../dev/try/waterfall.ts'

const schema = {
  properties: {
    query: { type: 'string' },
    limit: { type: 'integer' },
    loud: { type: 'boolean' },
    tags: { type: 'array' },
  },
  required: ['query'],
}

describe('toArguments', () => {
  for (const [words, given] of [
    [[], {}],
    [['burn rate'], { query: 'burn rate' }],
    [['burn', 'rate'], { query: 'burn rate' }],
    [['burn rate', 'limit=3'], { query: 'burn rate', limit: 3 }],
    [['query=a=b', 'tags=one', 'tags=two', 'loud=true'], { query: 'a=b', tags: ['one', 'two'], loud: true }],
    [['42'], { query: '42' }],
    [['x=1'], { query: 'x=1' }],
    [['limit=many'], { limit: 'many' }],
    [['{"query": "q", "other": [1]}'], { query: 'q', other: [1] }],
  ] as const) {
    it(`parses ${JSON.stringify(words)} as ${JSON.stringify(given)}`, () => {
      assert.deepEqual(toArguments(words, schema), given)
    })
  }

  it('rejects words that belong to no argument, and invalid JSON', () => {
    assert.throws(
      () => toArguments(['query=a', 'b'], schema),
      /No argument for "b"\. Name the arguments: query=/,
    )
    assert.throws(() => toArguments(['a'], { properties: { x: {}, y: {} }, required: ['x', 'y'] }), /x=… y=…/)
    assert.throws(() => toArguments(['a'], {}), /No argument for "a"/)
    assert.throws(() => toArguments(['{"query": '], schema), /Invalid JSON arguments/)
  })

  it('has a synopsis with optional arguments in brackets', () => {
    assert.equal(synopsis('find', schema), 'find query=… [limit=…] [loud=…] [tags=…]')
  })
})

describe('the options of npm run try', () => {
  it('complete the address of the start page to the MCP endpoint', () => {
    assert.equal(
      readOptions(['--url', 'https://mcp.example.com'], {})?.url?.href,
      'https://mcp.example.com/mcp',
    )
    assert.equal(readOptions(['--url', 'http://a/x'], {})?.url?.href, 'http://a/x')
    assert.equal(readOptions(['--help'], {}), undefined)
  })

  it('read the token from MCP_TOKEN, which keeps it out of the process list', () => {
    assert.equal(readOptions(['t'], { MCP_TOKEN: 's3cret' })?.token, 's3cret')
  })

  it('reject an unknown option with the usage, and an invalid URL', () => {
    assert.throws(() => readOptions(['--nope'], {}), /npm run try -- TOOL VALUE/)
    assert.throws(() => readOptions(['--url', 'localhost'], {}), /must be an http/)
  })
})

describe('changesOf', () => {
  const text = (calls: number) => `# HELP x
# TYPE mcp_tool_calls_total counter
mcp_tool_calls_total{tool_name="search",status="success"} ${calls}
mcp_tool_calls_total{tool_name="fetch",status="success"} ${calls}
mcp_tool_latency_seconds_bucket{le="0.1",tool_name="search"} ${calls} # {trace_id="a"} 0.1
mcp_tool_latency_seconds_sum{tool_name="search"} ${calls * 1.5e-2}
up NaN
`
  it('lists the changed series of the tool, without histogram buckets', () => {
    const changes = changesOf('search', parseMetrics(text(1)), parseMetrics(text(2)))
    assert.deepEqual(changes, [
      { series: 'mcp_tool_calls_total{tool_name="search",status="success"}', before: 1, after: 2 },
      { series: 'mcp_tool_latency_seconds_sum{tool_name="search"}', before: 0.015, after: 0.03 },
    ])
    assert.equal(countedCalls(changes), 1)
    assert.equal(countedCalls(changesOf('search', parseMetrics(text(2)), parseMetrics(text(2)))), 0)
  })
})

describe('the OTLP/JSON reader', () => {
  it('reads spans with ids in hex and in base64', () => {
    const spans = (traceId: string, spanId: string) =>
      spansOf({
        resourceSpans: [
          {
            scopeSpans: [
              {
                spans: [
                  {
                    traceId,
                    spanId,
                    name: 'n',
                    startTimeUnixNano: '1700000000000000000',
                    endTimeUnixNano: '1700000000012500000',
                    status: { code: 2 },
                    attributes: [{ key: 'a', value: { intValue: '7' } }],
                  },
                ],
              },
            ],
          },
        ],
      })
    const [span] = spans('0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331')
    assert.equal(span?.duration_ms, 12.5)
    assert.equal(span?.failed, true)
    assert.deepEqual(span?.attributes, { a: 7 })
    assert.deepEqual(spans('CvdlGRbNQ92ESOshHIAxnA==', 't61rcWkgMzE='), [span])
  })

  it('reads log records with the fields of standard output', () => {
    const record = {
      timeUnixNano: '1700000000000000000',
      severityText: 'info',
      body: { stringValue: 'mcp message' },
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      attributes: [
        { key: 'argument_keys', value: { arrayValue: { values: [{ stringValue: 'query' }] } } },
        { key: 'error', value: { kvlistValue: { values: [{ key: 'type', value: { stringValue: 'E' } }] } } },
      ],
    }
    assert.deepEqual(logLinesOf({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }), [
      {
        timestamp: '2023-11-14T22:13:20.000Z',
        level: 'info',
        message: 'mcp message',
        trace_id: '0af7651916cd43dd8448eb211c80319c',
        span_id: 'b7ad6b7169203331',
        argument_keys: ['query'],
        error: { type: 'E' },
      },
    ])
  })
})

describe('isComplete', () => {
  const span = (span_id: string, parent_span_id: string, name: string): RecordedSpan => ({
    trace_id: 't',
    span_id,
    parent_span_id,
    name,
    start_ms: 0,
    duration_ms: 1,
    failed: false,
    attributes: {},
  })
  const http = span('h', 'client', 'POST /mcp')
  const limit = span('r', 'h', 'redis evalsha')
  const call = span('c', 'client', 'tools/call fetch')
  const query = span('q', 'c', 'pg.query')

  it('is true once the tool call is there and only the client span is missing', () => {
    assert.equal(isComplete([http, limit, call, query]), true)
    assert.equal(isComplete([http, limit, query]), false, 'the call is missing')
    assert.equal(isComplete([limit, call, query]), false, 'the request is missing')
    assert.equal(isComplete([http, limit]), false)
  })
})

describe('waterfall', () => {
  const span = (id: string, parent: string | undefined, start: number, ms: number): RecordedSpan => ({
    trace_id: 't',
    span_id: id,
    ...(parent && { parent_span_id: parent }),
    name: id,
    start_ms: start,
    duration_ms: ms,
    failed: id === 'b',
    attributes: id === 'c' ? { 'db.system.name': 'redis' } : {},
  })

  it('shows each span below its parent, with a bar for its time, and marks failed spans', () => {
    const lines = waterfall([
      span('c', 'b', 50, 10),
      span('b', 'a', 20, 40),
      span('a', 'remote-parent', 0, 80),
      span('d', 'a', 79, 1),
    ])
    assert.equal(lines.length, 4)
    assert.match(lines[0] ?? '', /^a +█{32} +80\.0 ms$/)
    assert.match(lines[1] ?? '', /^ {2}b +·{8}█{16}·{8} +40\.0 ms {2}failed$/)
    assert.match(lines[2] ?? '', /^ {4}redis c +·{20}█{4}·{8}/)
    assert.match(lines[3] ?? '', /^ {2}d +·{31}█ +1\.0 ms$/)
  })
})

describe('the printer', () => {
  it('removes control characters, which could steer the terminal', () => {
    let out = ''
    createPrinter((text) => (out += text), false).block(['a\u001b[2Jb\u001b]0;title\u0007c\rd'])
    assert.equal(out, '  abcd\n')
  })
})
