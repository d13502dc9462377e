import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { afterFile } from '../../support/cleanup.ts'
import { connectV1 } from '../../support/clients.ts'
import { startFaultyApi } from '../../support/faulty-api.ts'
import { otlpEnvironment, startOtlpReceiver } from '../../support/otlp.ts'
import { envelope, modernRequest, post, postModern } from '../../support/raw.ts'
import { scrape } from '../../support/scrape.ts'
import { startServer } from '../../support/server.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'

let stack: Stack
before(async () => {
  stack = await startStack()
})

const search = (url: URL, query: string, meta: object = {}) =>
  postModern(url, 'tools/call', { name: 'search_wikipedia', arguments: { query }, _meta: meta })

describe('the external API', () => {
  it('is queried by /health, which answers 503 when it is frozen while /readyz stays 200', async () => {
    await fetch(`${stack.server.url}/health`)
    assert.ok(stack.api.requests.some(({ query }) => query.get('limit') === '1'))
    const frozen = await startFaultyApi()
    afterFile(() => frozen.stop())
    frozen.setFault({ kind: 'frozen' })
    const server = await startServer({ ...stack.env, EXTERNAL_API_URL: frozen.url })
    const health = await fetch(`${server.url}/health`)
    assert.equal(health.status, 503)
    const { checks } = (await health.json()) as { checks: Record<string, boolean> }
    assert.deepEqual(checks, { database: true, redis: true, external_api: false })
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
    const { sum } = await scrape(server.url)
    assert.equal(sum('mcp_dependency_up', { dependency: 'external_api' }), 0)
  })

  it('receives the traceparent of the caller, but no baggage', async () => {
    const otlp = await startOtlpReceiver()
    const { mcpUrl } = await startServer({ ...stack.env, ...otlpEnvironment(otlp.url) })
    const traceId = randomBytes(16).toString('hex')
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
    const query = `traced ${traceId}`
    const body = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'search_wikipedia',
        arguments: { query },
        _meta: { ...envelope, traceparent, baggage: 'planted=baggage' },
      },
    }
    await post(mcpUrl, body, {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'search_wikipedia',
      baggage: 'planted=header',
    })
    const request = stack.api.requests.find(({ query: sent }) => sent.get('q') === query)
    assert.match(String(request?.headers.traceparent), new RegExp(`^00-${traceId}-`))
    assert.equal(request?.headers.baggage, undefined)
  })

  it('is not reported as failed by search_all when the client leaves', async () => {
    const frozen = await startFaultyApi()
    afterFile(() => frozen.stop())
    frozen.setFault({ kind: 'frozen' })
    const server = await startServer({ ...stack.env, EXTERNAL_API_URL: frozen.url })
    const caller = new AbortController()
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'search_all',
    }
    const params = { name: 'search_all', arguments: { query: 'left' } }
    const body = JSON.stringify(modernRequest('tools/call', params))
    const call = fetch(server.mcpUrl, { method: 'POST', headers, body, signal: caller.signal })
    await until(() => frozen.requests.some(({ query }) => query.get('q') === 'left'))
    caller.abort()
    await assert.rejects(call)
    await server.line(({ outcome }) => outcome === 'cancelled')
    // The tool ends after its line. Another search by it is later still.
    await postModern(server.mcpUrl, 'tools/list')
    assert.deepEqual(
      server.lines.filter(({ message }) => message === 'a source of search_all failed'),
      [],
    )
  })

  it('fails search_all with the error of the documents if both sources fail', async () => {
    const down = 'postgres://app@127.0.0.1:1/app'
    const { mcpUrl } = await startServer({ ...stack.env, DATABASE_URL: down })
    stack.api.setFault({ kind: 'reply', status: 404, headers: {} })
    const call = { name: 'search_all', arguments: { query: 'prometheus' } }
    const { result } = (await postModern(mcpUrl, 'tools/call', call)).message
    stack.api.setFault(undefined)
    assert.equal(result.isError, true)
    assert.match(result.content[0].text, /^unavailable: The document store/)
  })

  it('has metrics of its operations and its circuit breaker', async () => {
    await search(stack.server.mcpUrl, 'metrics of dependencies')
    const { sum } = await scrape(stack.server.url)
    const labels = { dependency: 'external_api', operation: 'search', outcome: 'success' }
    assert.ok(sum('mcp_dependency_operation_seconds_count', labels) >= 1)
    assert.equal(sum('mcp_circuit_breaker_state'), 1)
    assert.equal(sum('mcp_circuit_breaker_state', { state: 'closed' }), 1)
  })

  it('opens its circuit breaker after repeated failures, visible in the metrics', async () => {
    const server = await startServer({ ...stack.env, EXTERNAL_API_URL: 'http://127.0.0.1:1' })
    for (let n = 0; n < 4; n++)
      await postModern(server.mcpUrl, 'tools/call', {
        name: 'search_wikipedia',
        arguments: { query: `open ${n}` },
      })
    const { sum } = await scrape(server.url)
    assert.deepEqual(
      [
        sum('mcp_circuit_breaker_state', { state: 'open' }),
        sum('mcp_circuit_breaker_state', { state: 'closed' }),
      ],
      [1, 0],
    )
    assert.ok(
      sum('mcp_dependency_operation_seconds_count', { dependency: 'external_api', outcome: 'error' }) >= 5,
    )
  })

  it('is listed as missing in partial results, which are not cached', async () => {
    const client = await connectV1(stack.server.mcpUrl)
    stack.api.setFault({ kind: 'error' })
    const search = async () =>
      (await client.callTool({ name: 'search_all', arguments: { query: 'runbook' } })).structuredContent as {
        missing: unknown[]
        wikipedia: unknown[]
        documents: unknown[]
      }
    const partial = await search()
    assert.equal(partial.missing.length, 1)
    const line = await stack.server.line(({ message }) => message === 'a source of search_all failed')
    assert.equal(line['gen_ai.tool.name'], 'search_all')
    const { source, error } = line.fields as { source: string; error: { code: string } }
    assert.deepEqual([line.level, source, error.code], ['warn', 'wikipedia', 'upstream_error'])
    const call = await stack.server.line(
      (other) => other.message === 'mcp message' && other['gen_ai.tool.name'] === 'search_all',
    )
    for (const id of ['jsonrpc.request.id', 'request_id', 'caller', 'trace_id'])
      assert.equal(line[id], call[id], id)
    assert.ok(partial.documents.length > 0)
    stack.api.setFault(undefined)
    assert.deepEqual((await search()).missing, [])
  })
})
