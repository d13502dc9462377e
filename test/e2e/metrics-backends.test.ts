import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { before, describe, it } from 'node:test'
import { isDeepStrictEqual, promisify } from 'node:util'
import { waitFor } from '../../dev/lib/wait-for.ts'
import { type MetricDefinition, metricDefinitions } from '../../src/telemetry/metrics/definitions.ts'
import { afterFile } from '../support/cleanup.ts'
import { otlpEnvironment, type ReceivedPoint, startOtlpReceiver } from '../support/otlp.ts'
import { openListen, post, postLegacy, postModern } from '../support/raw.ts'
import {
  cached,
  callOfEachTool,
  injectLatency,
  injectTimeout,
  notFoundCall,
  other,
  plain,
} from '../support/sample-calls.ts'
import { type Sample, scrape } from '../support/scrape.ts'
import { type RunningServer, spawnServer } from '../support/server.ts'
import { type Stack, startStores } from '../support/stack.ts'
import { until } from '../support/until.ts'

/** Counters, and buckets, sums and counts of histograms, by the name and labels that Prometheus gives them. */
type Series = Record<string, number>

const definitions: Readonly<Record<string, MetricDefinition>> = metricDefinitions
const metricsByOtlp = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_METRIC_EXPORT_INTERVAL: '100' }

let stores: Omit<Stack, 'server'>
before(async () => {
  stores = await startStores()
})

/** Without empty labels, which Prometheus cannot tell from absent ones. */
function keyOf(name: string, labels: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(labels).filter(([, value]) => value !== '')
  return `${name}{${texts.map(([label, value]) => `${label}=${value}`).sort()}}`
}

/** Sums are added up in another order by each backend. */
const rounded = (value: number): number => Number(value.toFixed(9))

function addHistogram(
  series: Series,
  name: string,
  labels: Readonly<Record<string, unknown>>,
  { bounds, counts, sum }: { bounds: readonly number[]; counts: readonly number[]; sum: number },
): void {
  let count = 0
  for (const [index, inBucket] of counts.entries()) {
    count += inBucket
    series[keyOf(`${name}_bucket`, { ...labels, le: bounds[index] ?? '+Inf' })] = count
  }
  series[keyOf(`${name}_count`, labels)] = count
  series[keyOf(`${name}_sum`, labels)] = rounded(sum)
}

function ofPrometheus(samples: readonly Sample[]): Series {
  const series: Series = {}
  for (const { name, labels, value } of samples) {
    const histogram = name.replace(/_(bucket|sum|count)$/, '')
    if (definitions[name]?.type === 'counter') series[keyOf(name, labels)] = rounded(value)
    if (definitions[histogram]?.type !== 'histogram') continue
    const { le: _le, ...others } = labels
    const isEmpty = samples.some(
      (sample) =>
        sample.name === `${histogram}_count` &&
        sample.value === 0 &&
        isDeepStrictEqual(sample.labels, others),
    )
    // Initialised; the others know no empty histograms.
    if (!isEmpty) series[keyOf(name, labels)] = rounded(value)
  }
  return series
}

/** As an OTLP receiver names them: `_` for dots, then the unit, then `_total` for counters. */
function ofOtlp(points: readonly ReceivedPoint[]): Series {
  const series: Series = {}
  for (const { name, unit, attributes, data } of points) {
    const suffix = { s: '_seconds', By: '_bytes', '': '' }[unit] ?? assert.fail(`unit ${unit} of ${name}`)
    const base = name.replaceAll('.', '_') + suffix
    const labels = Object.fromEntries(
      Object.entries(attributes).map(([attribute, value]) => [attribute.replaceAll('.', '_'), value]),
    )
    if (data.type === 'counter') series[keyOf(`${base}_total`, labels)] = rounded(data.value)
    if (data.type === 'histogram') addHistogram(series, base, labels, data)
  }
  return series
}

function ofStatsd(lines: readonly string[]): Series {
  const series: Series = {}
  const histograms = new Map<string, { name: string; labels: Record<string, string>; values: number[] }>()
  for (const line of lines) {
    const [, name = '', value, type, tags = ''] =
      /^([^:]+):([^|]+)\|(c|h|g)(?:\|#(.*))?$/.exec(line) ?? assert.fail(`not StatsD: ${line}`)
    const labels = Object.fromEntries(
      tags
        .split(',')
        .filter(Boolean)
        .map((tag) => [tag.slice(0, tag.indexOf(':')), tag.slice(tag.indexOf(':') + 1)]),
    )
    const key = keyOf(name, labels)
    if (type === 'c') series[key] = rounded((series[key] ?? 0) + Number(value))
    if (type !== 'h') continue
    const histogram = histograms.get(key) ?? { name, labels, values: [] }
    histogram.values.push(Number(value))
    histograms.set(key, histogram)
  }
  for (const { name, labels, values } of histograms.values()) {
    const bounds = definitions[name]?.buckets ?? []
    const counts = [...bounds, Number.POSITIVE_INFINITY].map(
      (bound, index) =>
        values.filter((value) => value <= bound && value > (bounds[index - 1] ?? Number.NEGATIVE_INFINITY))
          .length,
    )
    addHistogram(series, name, labels, { bounds, counts, sum: values.reduce((sum, value) => sum + value, 0) })
  }
  return series
}

/** Without what scrapes and exports add themselves. The final totals include it. */
const withoutCollection = (series: Series): Series =>
  Object.fromEntries(
    Object.entries(series).filter(
      ([key]) => !/operation=ping\b|http_route=\/metrics\b|^nodejs_eventloop_time_/.test(key),
    ),
  )

const withoutZeros = (series: Series): Series =>
  Object.fromEntries(Object.entries(series).filter(([key, value]) => value !== 0 || /_bucket|_sum/.test(key)))

async function startStatsdReceiver() {
  const lines: string[] = []
  const socket = createSocket('udp4').on('message', (packet) =>
    lines.push(...packet.toString().split('\n').filter(Boolean)),
  )
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  afterFile(() => socket.close())
  return { lines, env: { STATSD_HOST: '127.0.0.1', STATSD_PORT: String(socket.address().port) } }
}

/** Calls that succeed, from the cache too, fail by the caller's and by the server's fault, and rejected requests. */
async function sendMixedTraffic(server: RunningServer): Promise<void> {
  const { mcpUrl } = server
  const calls = [...callOfEachTool, cached.call, cached.call, notFoundCall ?? plain.call]
  for (const call of [...calls, { ...plain.call, arguments: {} }, { name: 'no_such_tool', arguments: {} }])
    for (const send of [postModern, postLegacy]) await send(mcpUrl, 'tools/call', call)
  for (const method of ['tools/list', 'prompts/list', 'no/such/method']) await postModern(mcpUrl, method)
  const stream = new AbortController()
  await openListen(mcpUrl, { signal: stream.signal })
  stream.abort()
  await server.line((line) => line['mcp.method.name'] === 'subscriptions/listen')
  const slowness = injectLatency({ ...stores, server }, 1_500)
  const slow = slowness.call()
  await Promise.all([slow, slow].map((call) => postModern(mcpUrl, 'tools/call', call)))
  slowness.end()
  const timeout = await injectTimeout({ ...stores, server })
  await postModern(mcpUrl, 'tools/call', timeout.call)
  await timeout.end()
  await post(mcpUrl, '{')
  await post(mcpUrl, '{}', { origin: 'https://evil.example' })
}

describe('metrics by Prometheus, StatsD and OTLP', () => {
  it('are the same in every counter, sum and bucket after mixed traffic', async () => {
    const [otlp, statsd] = await Promise.all([startOtlpReceiver(), startStatsdReceiver()])
    const server = await spawnServer({
      ...stores.env,
      ...otlpEnvironment(otlp.url),
      ...metricsByOtlp,
      ...statsd.env,
    })
    await sendMixedTraffic(server)

    // Work after the last response may end between a scrape and an export: compare when none did.
    let [scraped, exported]: Series[] = []
    let gauges: [Sample[], ReceivedPoint[]] = [[], []]
    for (let tries = 0; tries < 100; tries++) {
      const earlier = withoutCollection(ofPrometheus((await scrape(server.url)).samples))
      const points = await otlp.nextMetrics()
      const { samples } = await scrape(server.url)
      scraped = withoutCollection(ofPrometheus(samples))
      exported = withoutCollection(ofOtlp(points))
      gauges = [
        samples.filter(({ name }) => definitions[name]?.type === 'gauge'),
        points.filter(({ data }) => data.type === 'gauge'),
      ]
      if (isDeepStrictEqual(earlier, scraped) && isDeepStrictEqual(exported, scraped)) break
    }
    assert.deepEqual(exported, scraped)

    const names = Object.keys(scraped ?? {})
    for (const pattern of [
      /^mcp_tool_calls_total\{status=success,/,
      /^mcp_tool_errors_total\{code=invalid_arguments,/,
      /^mcp_tool_errors_total\{code=timeout,/,
      /^mcp_cache_lookups_total\{.*result=hit/,
      /^mcp_cache_lookups_total\{.*result=shared/,
      /^mcp_stream_duration_seconds_count/,
      /^mcp_requests_rejected_total\{reason=malformed_json/,
      /^mcp_requests_rejected_total\{reason=origin/,
      /^mcp_dependency_operation_seconds_bucket\{.*dependency=redis/,
      /^mcp_server_operation_duration_seconds_bucket\{.*le=\+Inf/,
    ])
      assert.ok(
        names.some((name) => pattern.test(name) && (scraped?.[name] ?? 0) > 0),
        `${pattern} among ${names.length} series`,
      )
    assert.deepEqual(
      gauges[1]
        .map(({ name, unit, attributes }) => keyOf(name.replaceAll('.', '_') + unit, attributes))
        .sort(),
      gauges[0]
        .map(({ name, labels }) => keyOf(name.replace(/_seconds$/, 's').replace(/_bytes$/, 'By'), labels))
        .sort(),
    )

    // The last export and the last packets leave at the end.
    assert.equal(await server.stop(), 0)
    const last = withoutZeros(ofOtlp(otlp.metrics.at(-1) ?? []))
    const received = () => withoutZeros(ofStatsd(statsd.lines))
    await waitFor(() => isDeepStrictEqual(received(), last), { everyMs: 20, timeoutMs: 20_000 })
    assert.deepEqual(received(), last)
    const gaugeLines = statsd.lines.filter((line) => line.includes('|g'))
    assert.ok(gaugeLines.length > 0)
    for (const line of gaugeLines) assert.match(line, /[#,]instance:[^,]+:\d+(?:,|$)/)
    for (const state of ['active', 'idle'])
      assert.ok(
        (last[`nodejs_eventloop_time_seconds_total{nodejs_eventloop_state=${state}}`] ?? 0) > 0,
        state,
      )
  })

  it('have the names, units, attributes and buckets of the semantic conventions by OTLP, and no others', async () => {
    const otlp = await startOtlpReceiver()
    const server = await spawnServer({
      ...stores.env,
      ...otlpEnvironment(otlp.url),
      ...metricsByOtlp,
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    })
    await postModern(server.mcpUrl, 'tools/call', plain.call)
    await postModern(server.mcpUrl, 'tools/call', other.call)
    const points = await otlp.nextMetrics()
    assert.equal(await server.stop(), 0)
    const call = points.find(
      ({ name, attributes }) =>
        name === 'mcp.server.operation.duration' && attributes['gen_ai.tool.name'] === plain.call.name,
    )
    assert.deepEqual(call?.attributes, {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': plain.call.name,
      'mcp.protocol.version': '2026-07-28',
      'network.transport': 'tcp',
    })
    assert.equal(call?.unit, 's')
    assert.equal(call?.temporality, 'cumulative')
    assert.ok(call?.data.type === 'histogram')
    // Of the conventions: gen-ai/mcp.md, "Metric: mcp.server.operation.duration".
    assert.deepEqual(call.data.bounds, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300])
    const eventLoop = points.filter(({ name }) => name === 'nodejs.eventloop.time')
    assert.deepEqual(
      eventLoop.map(({ unit, attributes }) => [unit, attributes]),
      ['active', 'idle'].map((state) => ['s', { 'nodejs.eventloop.state': state }]),
    )
    assert.deepEqual([...new Set(points.map(({ scope }) => scope))], ['observable-mcp-server'])
    for (const [attribute, pattern] of Object.entries({
      'service.name': /^observable-mcp-server$/,
      'service.instance.id': /^.+:\d+$/,
      'deployment.environment.name': /^test$/,
      'telemetry.sdk.language': /^nodejs$/,
    }))
      assert.match(String(call.resource[attribute]), pattern)
  })

  it('are sent as increments with the temporality preference delta', async () => {
    const otlp = await startOtlpReceiver()
    const server = await spawnServer({
      ...stores.env,
      ...otlpEnvironment(otlp.url),
      ...metricsByOtlp,
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    })
    for (let n = 0; n < 3; n++) {
      await postModern(server.mcpUrl, 'tools/call', plain.call)
      await otlp.nextMetrics()
    }
    assert.equal(await server.stop(), 0)
    const calls = otlp.metrics
      .flat()
      .filter(
        ({ name, attributes }) =>
          name === 'mcp.tool.calls' &&
          isDeepStrictEqual(attributes, { tool_name: plain.call.name, status: 'success' }),
      )
    const increments = calls.map(({ data }) => (data.type === 'counter' ? data.value : Number.NaN))
    assert.deepEqual(
      increments.filter((value) => value !== 0),
      [1, 1, 1],
    )
    assert.ok(calls.every(({ temporality }) => temporality === 'delta'))
    const hasGauge = (points: readonly ReceivedPoint[]) =>
      points.some(({ name }) => name === 'mcp.pg.pool.max')
    // From the first collection on.
    const exports = otlp.metrics.slice(otlp.metrics.findIndex(hasGauge))
    assert.ok(exports.length > 3 && exports.every(hasGauge), 'a gauge is missing in an export')
  })
})

describe('the export of metrics by OTLP', () => {
  it('uses its own endpoint and headers, and logs each outage once', async () => {
    const requests: { path: string | undefined; type: string | undefined; key: unknown }[] = []
    let status = 400
    const receiver = createServer((request, response) => {
      const { url: path, headers } = request
      requests.push({ path, type: headers['content-type'], key: headers['x-key'] })
      request.resume().once('end', () => response.writeHead(status).end())
    })
    receiver.listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    afterFile(() => receiver.close().closeAllConnections())
    const server = await spawnServer({
      ...stores.env,
      ...metricsByOtlp,
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/own/path`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=planted',
    })
    const messages = (message: string) => server.lines.filter((line) => line.message === message)
    const failed = await server.line(({ message }) => message === 'metrics export failed')
    assert.equal(failed.level, 'warn')
    const failuresOf = async () =>
      (await scrape(server.url)).sum('mcp_telemetry_export_failures_total', { signal: 'metrics' })
    await until(async () => (await failuresOf()) >= 3, { everyMs: 50 })
    assert.equal(messages('metrics export failed').length, 1)
    status = 200
    await server.line(({ message }) => message === 'metrics export recovered')
    assert.equal(await server.stop(), 0)
    assert.equal(messages('metrics export failed').length, 1)
    assert.equal(messages('metrics export recovered').length, 1)
    for (const { path, type, key } of requests)
      assert.deepEqual([path, type, key], ['/own/path', 'application/x-protobuf', 'planted'])
    assert.doesNotMatch(JSON.stringify(server.lines), /planted/)
  })

  it('loads no SDK while it is off', async () => {
    const script = `import { Module } from 'node:module'
      await import('./dist/telemetry/telemetry.js')
      console.log(Object.keys(Module._cache).filter((file) => /opentelemetry.(sdk|exporter)-/.test(file)).length)`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', './dist/telemetry/register.js', '--input-type=module', '--eval', script],
      { env: { PATH: process.env.PATH ?? '', OTEL_METRICS_EXPORTER: 'prometheus' } },
    )
    assert.equal(stdout.trim(), '0')
  })
})
