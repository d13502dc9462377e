import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { context, trace } from '@opentelemetry/api'
import { node, tracing } from '@opentelemetry/sdk-node'
import { tracedIfSampled } from '../../../../src/telemetry/trace/sampled.ts'

describe('tracedIfSampled', () => {
  before(() => new node.NodeTracerProvider({ sampler: new tracing.AlwaysOnSampler() }).register())
  after(() => {
    context.disable()
    trace.disable()
  })
  const within = (sampler: tracing.Sampler, work: () => unknown) =>
    new tracing.BasicTracerProvider({ sampler }).getTracer('test').startActiveSpan('call', () => work())

  it('keeps the active span of a sampled trace', () => {
    within(new tracing.AlwaysOnSampler(), () =>
      assert.equal(tracedIfSampled(trace.getActiveSpan), trace.getActiveSpan()),
    )
  })

  it('hides the active span of an unsampled trace during the work only', () => {
    within(new tracing.AlwaysOffSampler(), () => {
      const span = trace.getActiveSpan()
      assert.ok(span, 'an unsampled trace has no active span')
      assert.equal(tracedIfSampled(trace.getActiveSpan), undefined)
      assert.equal(trace.getActiveSpan(), span)
    })
  })

  it('runs the work without an active trace', () => {
    assert.equal(
      tracedIfSampled(() => 4711),
      4711,
    )
  })
})
