import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMetricExporter, isExported, metricIntervalMs } from '../../../../src/telemetry/trace/otlp.ts'

describe('an OTLP endpoint', () => {
  it('must have a scheme, for every signal that uses it', () => {
    for (const [variable, signal] of [
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'traces'],
      ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'traces'],
      ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'logs'],
      ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'metrics'],
    ] as const)
      for (const endpoint of [
        'collector:4318',
        'collector',
        '//collector:4318',
        'grpc://collector:4317',
        'http://',
      ])
        assert.throws(
          () =>
            isExported(signal, {
              OTEL_LOGS_EXPORTER: 'otlp',
              OTEL_METRICS_EXPORTER: 'otlp',
              [variable]: endpoint,
            }),
          new RegExp(`${variable}: must be a URL that starts with http:// or https://`),
        )
    assert.equal(isExported('traces', { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector:4318' }), true)
  })

  it('is ignored while nothing is exported', () => {
    for (const off of [{ OTEL_SDK_DISABLED: 'true' }, { OTEL_TRACES_EXPORTER: 'none' }])
      assert.equal(isExported('traces', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318', ...off }), false)
  })
})

describe('OTEL_METRICS_EXPORTER', () => {
  it('exports by OTLP if the list contains otlp, with or without an endpoint', () => {
    for (const [exporters, expected] of [
      [undefined, false],
      ['none', false],
      ['prometheus', false],
      ['otlp', true],
      ['prometheus,otlp', true],
      ['otlp, prometheus', true],
      ['console', false],
      ['otlp2', false],
    ] as const)
      for (const endpoint of [undefined, 'http://collector:4318'])
        assert.equal(
          isExported('metrics', {
            OTEL_METRICS_EXPORTER: exporters,
            OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
          }),
          expected,
          exporters,
        )
    assert.equal(isExported('metrics', { OTEL_METRICS_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'true' }), false)
  })
})

describe('the export of metrics', () => {
  it('takes its interval in milliseconds from OTEL_METRIC_EXPORT_INTERVAL', () => {
    assert.equal(metricIntervalMs({}), 60_000)
    assert.equal(metricIntervalMs({ OTEL_METRIC_EXPORT_INTERVAL: '15000' }), 15_000)
    for (const value of ['0', '-1', '1m', '99', '3600001', '1000.5', 'NaN'])
      assert.throws(
        () => metricIntervalMs({ OTEL_METRIC_EXPORT_INTERVAL: value }),
        /OTEL_METRIC_EXPORT_INTERVAL: must be /,
        value,
      )
  })

  it('has an exporter for each protocol and rejects other protocols and temporalities', async () => {
    for (const [name, value] of [
      ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'grpc'],
      ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json'],
      ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'LowMemory'],
    ] as const)
      await (await createMetricExporter({ [name]: value })).shutdown()
    for (const [name, value] of [
      ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'http'],
      ['OTEL_EXPORTER_OTLP_PROTOCOL', 'udp'],
      ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'deltas'],
    ] as const)
      await assert.rejects(createMetricExporter({ [name]: value }), new RegExp(`${name}: must be `))
  })
})
