import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { context, trace } from '@opentelemetry/api'
import { node, tracing } from '@opentelemetry/sdk-node'
import { tracedIfSampled } from '../../../../src/telemetry/trace/sampled.ts'

describe('work that an instrumentation watches', () => {
  before(() => new node.NodeTracerProvider({ sampler: new tracing.AlwaysOnSampler() }).register())
  after(() => {
    context.disable()
    trace.disable()
  })
  const within = (sampler: tracing.Sampler, work: () => unknown) =>
    new tracing.BasicTracerProvider({ sampler }).getTracer('test').startActiveSpan('call', () => work())

  it('sees the trace it belongs to if that is sampled', () => {
    within(new tracing.AlwaysOnSampler(), () =>
      assert.equal(tracedIfSampled(trace.getActiveSpan), trace.getActiveSpan()),
    )
  })

  it('sees none if it is not, and what comes after it is in the trace again', () => {
    within(new tracing.AlwaysOffSampler(), () => {
      const span = trace.getActiveSpan()
      assert.ok(span, 'the trace is there, though it is not sampled')
      assert.equal(tracedIfSampled(trace.getActiveSpan), undefined)
      assert.equal(trace.getActiveSpan(), span)
    })
  })

  it('is done without any trace too', () => {
    assert.equal(
      tracedIfSampled(() => 4711),
      4711,
    )
  })
})
