import { it } from 'node:test'
import { startOtlpReceiver, otlpEnvironment } from '../support/otlp.ts'
import { startStack } from '../support/stack.ts'
import { postModern, envelope, modernRequest, post } from '../support/raw.ts'
it('look', async () => {
  const otlp = await startOtlpReceiver()
  const { server } = await startStack({ ...otlpEnvironment(otlp.url), OTEL_LOGS_EXPORTER: 'otlp' })
  const tid = '4bf92f3577b34da6a3ce929d0e0e4736'
  const req = modernRequest('tools/call', { name: 'search_all', arguments: { query: 'prometheus' } })
  ;(req.params._meta as any) = { ...envelope, traceparent: `00-${tid}-00f067aa0ba902b7-01`, baggage: 'secret=1' }
  await post(server.mcpUrl, req, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'search_all' })
  await postModern(server.mcpUrl, 'tools/call', { name: 'fetch', arguments: { id: 'nope' } })
  const spans = await otlp.trace(tid)
  for (const s of otlp.spans) console.log(s.scope.split('/').at(-1), '|', s.name, '|', s.traceId.slice(0,6), s.spanId, '<-', s.parentSpanId, 'kind', s.kind, 'st', s.statusCode, JSON.stringify(s.attributes), JSON.stringify(s.links))
  for (const p of ['/health', '/livez', '/readyz']) { const r = await fetch(server.url + p); console.log(p, r.status, await r.text()) }
  const m = await (await fetch(server.url + '/metrics', { headers: { accept: 'application/openmetrics-text' } })).text()
  console.log(m.split('\n').filter((l) => /mcp_/.test(l) && !/ 0( |$)/.test(l) && !/# (HELP|TYPE)/.test(l)).join('\n'))
  const p = await (await fetch(server.url + '/metrics')).text()
  console.log(p.length, p.split('\n').filter((l) => /^# TYPE mcp/.test(l)).join('\n'))
  console.log(server.lines.filter((l) => l.message === 'mcp message').map((l) => JSON.stringify(l)).join('\n'))
  console.log(otlp.bodies.filter((b) => b.includes('resourceLogs')).length)
})
