import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type MetricName, metricDefinitions } from '../../../../src/telemetry/metrics/definitions.ts'
import { createMetrics } from '../../../../src/telemetry/metrics/metrics.ts'
import { createPrometheus } from '../../../../src/telemetry/metrics/prometheus.ts'

const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const exemplar = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) }

function createSample() {
  const prometheus = createPrometheus()
  const metrics = createMetrics([prometheus])
  metrics.count('mcp_tool_calls_total', { tool_name: 'search', status: 'success' })
  metrics.observe('mcp_tool_latency_seconds', { tool_name: 'search' }, 0.02, exemplar)
  metrics.set('mcp_pg_pool_max', {}, 10)
  return { prometheus, metrics }
}

describe('createPrometheus', () => {
  it('serves OpenMetrics with exemplars by content negotiation, else the Prometheus format, on every scrape', async () => {
    const { prometheus } = createSample()
    for (let times = 0; times < 2; times++) {
      const openMetricsBody = await prometheus.render(
        'application/openmetrics-text;version=1.0.0,text/plain;q=0.5',
      )
      assert.equal(openMetricsBody.contentType, openMetrics)
      assert.match(openMetricsBody.body, /# TYPE mcp_tool_calls counter\n/)
      assert.match(
        openMetricsBody.body,
        /mcp_tool_latency_seconds_bucket\{le="0\.025",tool_name="search"\} 1 # \{trace_id="a+",span_id="b+"\} 0\.02 /,
      )
      assert.match(openMetricsBody.body, /# EOF\n$/)

      const plain = await prometheus.render('text/plain')
      assert.match(plain.contentType, /^text\/plain; version=0\.0\.4/)
      assert.match(
        plain.body,
        /# TYPE mcp_tool_calls_total counter\nmcp_tool_calls_total\{tool_name="search",status="success"\} 1\n/,
      )
      assert.match(plain.body, /mcp_tool_latency_seconds_bucket\{le="0\.025",tool_name="search"\} 1\n/)
      assert.doesNotMatch(plain.body, /# EOF|trace_id/)
    }
  })

  it('describes each series with a TYPE line', async () => {
    const { body } = await createSample().prometheus.render(undefined)
    const described = new Set([...body.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name))
    for (const [, name = ''] of body.matchAll(/^([a-z]\w*)/gm)) {
      assert.ok(described.has(name) || described.has(name.replace(/_(bucket|sum|count)$/, '')), name)
    }
  })

  it('exports every defined metric and the Node metrics', async () => {
    const { body } = await createSample().prometheus.render(undefined)
    for (const name of Object.keys(metricDefinitions) as MetricName[])
      assert.match(body, new RegExp(`^# TYPE ${name} ${metricDefinitions[name].type}$`, 'm'))
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'nodejs_heap_size_used_bytes',
    ])
      assert.match(body, new RegExp(`^${name} `, 'm'))
  })

  it('exports initialised series before their first observation', async () => {
    const { prometheus, metrics } = createSample()
    metrics.initSeries('mcp_tool_errors_total', { tool_name: 'fetch', code: 'timeout' })
    metrics.initSeries('mcp_tool_latency_seconds', { tool_name: 'fetch' })
    const { body } = await prometheus.render(undefined)
    assert.match(body, /mcp_tool_errors_total\{tool_name="fetch",code="timeout"\} 0/)
    assert.match(body, /mcp_tool_latency_seconds_count\{tool_name="fetch"\} 0/)
  })

  it('keeps the values of two registries separate', async () => {
    const [a, b] = [createSample(), createSample()]
    a.metrics.count('mcp_tool_calls_total', { tool_name: 'search', status: 'success' })
    assert.match((await a.prometheus.render(undefined)).body, /mcp_tool_calls_total\{.*\} 2/)
    assert.match((await b.prometheus.render(undefined)).body, /mcp_tool_calls_total\{.*\} 1/)
  })
})
