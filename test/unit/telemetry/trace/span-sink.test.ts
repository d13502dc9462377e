import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { SpanStatusCode, trace } from '@opentelemetry/api'
import { tracing } from '@opentelemetry/sdk-node'
import { AppError } from '../../../../src/errors.ts'
import { createLabels } from '../../../../src/telemetry/metrics/labels.ts'
import { createObserver, type MessageRecord, type Observer } from '../../../../src/telemetry/observer.ts'
import { createSpanSink } from '../../../../src/telemetry/trace/span-sink.ts'
import { arrivedMessage } from '../../../support/telemetry-fixtures.ts'

const exporter = new tracing.InMemorySpanExporter()
let observer: Observer
let kept: boolean[]

/** Ends a message and returns its span. */
function spanOf(arrived: Parameters<typeof arrivedMessage>[0], outcome: Partial<MessageRecord> = {}) {
  const record = observer.start(arrivedMessage(arrived))
  observer.end(Object.assign(record, outcome))
  return exporter.getFinishedSpans().at(-1) ?? assert.fail('no span')
}

before(() => {
  const spanProcessors = [new tracing.SimpleSpanProcessor(exporter)]
  trace.setGlobalTracerProvider(new tracing.BasicTracerProvider({ spanProcessors }))
})
after(() => trace.disable())
beforeEach(() => {
  kept = []
  observer = createObserver([
    createSpanSink({ labels: createLabels({ tools: ['search', 'fetch'] }) }),
    { end: ({ traceKept = false }) => kept.push(traceKept) },
  ])
})

describe('the span of a message', () => {
  it('redacts secrets in names, URIs and the status message', () => {
    const spans = [
      spanOf({ target: 'password=hunter2' }),
      spanOf({ method: 'prompts/get', target: 'token: hunter2' }),
      spanOf({ method: 'secret=hunter2', id: 'api_key=hunter2', protocolVersion: 'password=hunter2' }),
      spanOf({ method: 'resources/read', target: undefined, resourceUri: 'document://a:hunter2@b' }),
      spanOf({}, { rpcError: { code: -32603, message: 'no tool "password=hunter2"' } }),
    ]
    for (const { name, attributes, status } of spans) {
      assert.doesNotMatch(JSON.stringify([name, attributes, status]), /hunter2/)
      assert.match(JSON.stringify([attributes, status]), /\[redacted\]/)
    }
  })

  it('has at most 200 characters of any text that a client controls', () => {
    const long = 'x'.repeat(10_000)
    const texts = { id: long, protocolVersion: long, clientName: long, clientVersion: long, sessionId: long }
    for (const method of ['tools/call', 'prompts/get', long]) {
      const { attributes } = spanOf({ ...texts, method, target: long, resourceUri: long })
      for (const [name, value] of Object.entries(attributes)) assert.ok(String(value).length <= 200, name)
    }
  })
})

describe('the span of a call that asks the user', () => {
  it('says so, and has no error', () => {
    const { attributes, status } = spanOf({}, { resultType: 'input_required' })
    assert.equal(attributes['mcp.result.type'], 'input_required')
    assert.equal(attributes['error.type'], undefined)
    assert.equal(status.code, SpanStatusCode.UNSET)
    assert.equal(spanOf({}).attributes['mcp.result.type'], undefined)
  })
})

describe('a kept trace', () => {
  it('has a marked span, which allows an exemplar', () => {
    assert.equal(spanOf({}).attributes['sampling.priority'], 1)
    assert.equal(spanOf({}).attributes['sampling.priority'], undefined)
    assert.deepEqual(kept, [true, false])
  })

  it('is one of each name a second, and every failed or slow call', () => {
    const failure = { errorCode: 'timeout', error: new AppError('timeout', 'too slow') } as const
    for (const target of ['search', 'fetch', 'search', 'fetch', 'invented-1', 'invented-2'])
      spanOf({ target })
    assert.deepEqual(kept, [true, true, false, false, true, false])
    kept = []
    spanOf({}, failure)
    spanOf({}, { startedAtMs: performance.now() - 1_001 })
    spanOf({}, { rpcError: { code: -32602, message: 'a client error' } })
    assert.deepEqual(kept, [true, true, false])
  })

  it('is never that of a stream, which ends after the decision', () => {
    spanOf({ kind: 'stream' })
    assert.deepEqual(kept, [false])
  })

  it('is never one that was not sampled', () => {
    const sampler = new tracing.AlwaysOffSampler()
    trace.disable()
    trace.setGlobalTracerProvider(new tracing.BasicTracerProvider({ sampler }))
    const sink = createSpanSink({ labels: createLabels({ tools: [] }) })
    observer = createObserver([sink, { end: ({ traceKept = false }) => kept.push(traceKept) }])
    observer.end(observer.start(arrivedMessage()))
    assert.deepEqual(kept, [false])
  })
})
