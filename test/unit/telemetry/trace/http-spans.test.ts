import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { SpanStatusCode, trace } from '@opentelemetry/api'
import { tracing } from '@opentelemetry/sdk-node'
import { isOpsPath } from '../../../../src/http/ops.ts'
import { withHttpSpans } from '../../../../src/telemetry/trace/http-spans.ts'
import { until } from '../../../support/until.ts'

const exporter = new tracing.InMemorySpanExporter()

/** Finished spans of one request with this response status. */
const spansOf = (status: number, path: string, headers: Record<string, string> = {}) =>
  spansOfRequest((_req, res) => void res.writeHead(status).end(), path, { headers })

async function spansOfRequest(listener: RequestListener, path: string, init: RequestInit) {
  exporter.reset()
  const server = createServer(withHttpSpans(listener, isOpsPath)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, init).catch(
    () => undefined,
  )
  server.close().closeAllConnections()
  await once(server, 'close')
  return exporter.getFinishedSpans()
}

describe('withHttpSpans', () => {
  before(() => {
    const spanProcessors = [new tracing.SimpleSpanProcessor(exporter)]
    trace.setGlobalTracerProvider(new tracing.BasicTracerProvider({ spanProcessors }))
  })
  after(() => trace.disable())

  it('marks a server error with the status as error type', async () => {
    const [span] = await spansOf(503, '/somewhere?query=secret')
    assert.deepEqual(
      [span?.name, span?.status.code, span?.attributes['error.type'], span?.attributes['url.path']],
      ['GET', SpanStatusCode.ERROR, '503', '/somewhere'],
    )
    assert.doesNotMatch(JSON.stringify(span?.attributes), /secret/)
  })

  it('does not mark a client error as an error', async () => {
    const [span] = await spansOf(404, '/nowhere')
    assert.deepEqual(
      [span?.status.code, span?.attributes['http.response.status_code'], span?.attributes['error.type']],
      [SpanStatusCode.UNSET, 404, undefined],
    )
  })

  it('has no status for a client that left before there was one', async () => {
    const client = new AbortController()
    await spansOfRequest(() => client.abort(), '/slow', { signal: client.signal })
    await until(() => exporter.getFinishedSpans().length === 1)
    const [span] = exporter.getFinishedSpans()
    assert.equal(span?.name, 'GET')
    assert.equal(span?.attributes['http.response.status_code'], undefined)
  })

  it('records at most 200 characters of a path or user agent', async () => {
    const long = 'x'.repeat(5_000)
    const [span] = await spansOf(404, `/${long}`, { 'user-agent': long })
    for (const name of ['url.path', 'user_agent.original'])
      assert.equal(String(span?.attributes[name]).length, 200, name)
  })

  it('creates no span for ops endpoints, with or without a query', async () => {
    for (const path of ['/readyz', '/metrics?name=up', '/Health/', '/status'])
      assert.deepEqual(await spansOf(200, path), [], path)
  })
})
