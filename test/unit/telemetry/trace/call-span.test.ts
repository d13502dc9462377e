import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { context, trace } from '@opentelemetry/api'
import { node, tracing } from '@opentelemetry/sdk-node'
import { createLabels } from '../../../../src/telemetry/metrics/labels.ts'
import { createObserver } from '../../../../src/telemetry/observer.ts'
import { callSpan } from '../../../../src/telemetry/trace/call-span.ts'
import { createSpanSink } from '../../../../src/telemetry/trace/span-sink.ts'
import { arrivedMessage } from '../../../support/telemetry-fixtures.ts'

const exporter = new tracing.InMemorySpanExporter()

describe('the span of a call', () => {
  before(() => {
    const spanProcessors = [new tracing.SimpleSpanProcessor(exporter)]
    new node.NodeTracerProvider({ spanProcessors }).register()
  })
  after(() => {
    trace.disable()
    context.disable()
  })

  it('is the span of the message, also after other work in between', async () => {
    const observer = createObserver([createSpanSink({ labels: createLabels({ tools: ['search'] }) })])
    const record = observer.start(arrivedMessage())
    await observer.run(record, async () => {
      await trace.getTracer('test').startActiveSpan('query', async (query) => query.end())
      callSpan.setAttribute('app.rows', 3)
    })
    observer.end(record)
    const span = exporter.getFinishedSpans().at(-1)
    assert.deepEqual([span?.name, span?.attributes['app.rows']], ['tools/call search', 3])
    exporter.reset()
  })

  it('gets redacted and bounded attributes and events', () => {
    const span = trace.getTracer('test').startSpan('tools/call words')
    context.with(trace.setSpan(context.active(), span), () => {
      callSpan.setAttribute('app.rows', 3)
      callSpan.setAttribute('app.password', 'hunter2')
      callSpan.setAttribute('app.text', `Bearer hunter2hunter2 ${'x'.repeat(500)}`)
      callSpan.addEvent('fell back', { reason: 'token=hunter2', ...Object.fromEntries(many) })
    })
    span.end()
    const [ended] = exporter.getFinishedSpans()
    assert.doesNotMatch(JSON.stringify([ended?.attributes, ended?.events]), /hunter2/)
    assert.equal(ended?.attributes['app.rows'], 3)
    assert.equal(String(ended?.attributes['app.text']).length, 201)
    const [event] = ended?.events ?? []
    assert.deepEqual([event?.name, event?.attributes?.reason], ['fell back', 'token=[redacted]'])
    assert.equal(Object.keys(event?.attributes ?? {}).length, 20)
  })

  it('ignores attributes and events without a span, and after its end', () => {
    callSpan.setAttribute('a', 1)
    const span = trace.getTracer('test').startSpan('ended')
    span.end()
    context.with(trace.setSpan(context.active(), span), () => callSpan.addEvent('late'))
    assert.deepEqual(exporter.getFinishedSpans().at(-1)?.events, [])
  })
})

const many = Array.from({ length: 100 }, (_, at): [string, number] => [`n${at}`, at])
