import assert from 'node:assert/strict'
import { it } from 'node:test'
import { metrics as api } from '@opentelemetry/api'
import { metrics as sdk } from '@opentelemetry/sdk-node'
import { createMetrics } from '../../../../src/telemetry/metrics/metrics.ts'
import { createOtlpMetrics } from '../../../../src/telemetry/metrics/otlp.ts'

it('createOtlpMetrics runs collect callbacks before each export from startCollecting to close, and keeps the values', async () => {
  const exporter = new sdk.InMemoryMetricExporter(sdk.AggregationTemporality.DELTA)
  const reader = new sdk.PeriodicExportingMetricReader({ exporter })
  api.setGlobalMeterProvider(new sdk.MeterProvider({ readers: [reader] }))
  const backend = createOtlpMetrics()
  api.disable()
  const metrics = createMetrics([backend])
  let collections = 0
  metrics.onCollect(() => {
    metrics.set('mcp_streams_open', {}, ++collections)
    metrics.count('mcp_log_lines_dropped_total', {})
  })
  const exportNow = async () => {
    exporter.reset()
    await reader.forceFlush()
    const [exported] = exporter.getMetrics()
    return Object.fromEntries(
      (exported?.scopeMetrics[0]?.metrics ?? []).map(({ descriptor, dataPoints }) => [
        descriptor.name,
        dataPoints.map(({ value }) => value),
      ]),
    )
  }
  const values = (open: number) => ({ 'mcp.streams.open': [open], 'mcp.log.lines.dropped': [1] })
  assert.deepEqual(await exportNow(), {})
  backend.startCollecting(metrics)
  assert.deepEqual(await exportNow(), values(1))
  assert.deepEqual(await exportNow(), values(2))
  await backend.close()
  assert.deepEqual((await exportNow())['mcp.streams.open'], [2])
  assert.equal(collections, 2)
  await reader.shutdown()
})
