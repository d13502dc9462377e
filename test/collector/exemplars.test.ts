import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { runUsers } from '../../dev/demo/user.ts'
import { waitFor } from '../../dev/lib/wait-for.ts'
import { scrape } from '../support/scrape.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { type Collector, recordsOf, spansOf, startCollector } from './collector.ts'

let collector: Collector
let stack: Stack
before(async () => {
  collector = await startCollector()
  stack = await startStack({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_LOGS_EXPORTER: 'otlp',
    // As in docker-compose.yml.
    OTEL_BSP_SCHEDULE_DELAY: '1000',
    LOG_LEVEL: 'info',
  })
})

/** Scrapes every second while users call, and returns the trace ids of all exemplars. */
async function exemplarsDuring(durationMs: number, callsPerSecond: number): Promise<Set<string>> {
  const stopping = AbortSignal.timeout(durationMs)
  const users = runUsers({
    url: stack.server.mcpUrl,
    users: 8,
    callsPerSecond,
    externalEveryMs: 1_000,
    otlpEndpoint: collector.url,
    onResult: () => undefined,
    signal: stopping,
  }).catch(() => undefined)
  const found = new Set<string>()
  while (!stopping.aborted) {
    await delay(1_000)
    const { samples } = await scrape(stack.server.url, 'application/openmetrics-text')
    for (const { exemplar } of samples) if (exemplar?.trace_id) found.add(exemplar.trace_id)
  }
  await users
  return found
}

const traceIds = () => new Set(spansOf(collector.traces()).map(({ traceId }): string => traceId))

describe('exemplars', () => {
  it('lead to a trace that the collector keeps, at the rate of the demo and at 40 calls a second', async (test) => {
    for (const rate of [4, 40]) {
      const exemplars = await exemplarsDuring(20_000, rate)
      assert.ok(exemplars.size > 20, `${exemplars.size} exemplars at ${rate} calls a second`)
      const missing = () => {
        const kept = traceIds()
        return [...exemplars].filter((id) => !kept.has(id))
      }
      // The decision takes 12 s, export and batches a second each.
      await waitFor(() => missing().length === 0, { everyMs: 500, timeoutMs: 20_000 })
      const share = 1 - missing().length / exemplars.size
      test.diagnostic(
        `${rate} calls a second: ${exemplars.size} exemplars, ${(100 * share).toFixed(1)} % with a trace`,
      )
      assert.ok(share >= 0.99, `${missing().length} of ${exemplars.size} exemplars lead nowhere`)
    }
    const received = await scrape(stack.server.url)
    const calls = received.sum('mcp_server_operation_duration_seconds_count')
    test.diagnostic(`${traceIds().size} of ${calls} traces kept`)
    assert.ok(traceIds().size < 0.9 * calls, 'the collector keeps nearly every trace')
  })
})

describe('a trace of the demo', () => {
  it('has the span of the demo as its root, and all spans of the call', () => {
    const all = spansOf(collector.traces())
    const searches = all
      .filter(({ name, kind }) => name === 'tools/call search' && kind === 2)
      .map(({ traceId }) => all.filter((span) => span.traceId === traceId))
    assert.ok(searches.length > 10)
    const withoutRoot = searches.filter((spans) => {
      const roots = spans.filter(({ parentSpanId }) => !parentSpanId)
      const ids = new Set(spans.map(({ spanId }) => spanId))
      return roots.length !== 1 || spans.some((span) => span.parentSpanId && !ids.has(span.parentSpanId))
    })
    assert.deepEqual(
      withoutRoot.map((spans) => spans.map(({ name }) => name)),
      [],
    )
    for (const name of ['POST /mcp', 'pg.query'])
      assert.ok(
        searches.some((spans) => spans.some((span) => span.name.startsWith(name))),
        name,
      )
  })
})

describe('a log line', () => {
  it('has the ids of the span of its message, and no attribute twice', () => {
    const spans = new Map(spansOf(collector.traces()).map((span) => [span.spanId, span]))
    const records = recordsOf(collector.logs()).filter(({ body }) => body.stringValue === 'mcp message')
    const ofKept = records.filter(({ spanId }) => spans.has(spanId))
    assert.ok(ofKept.length > 20)
    for (const { attributes, spanId } of ofKept) {
      const method = attributes.find(({ key }: { key: string }) => key === 'mcp.method.name').value
        .stringValue
      assert.ok(spans.get(spanId).name.startsWith(method), `${spans.get(spanId).name}: ${method}`)
    }
    const names = new Set(
      records.flatMap(({ attributes }) => attributes.map(({ key }: { key: string }) => key)),
    )
    for (const name of ['service.name', 'function', 'trace_id', 'span_id', 'trace_flags'])
      assert.ok(!names.has(name), name)
  })
})
