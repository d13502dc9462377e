import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Check } from './checks.ts'
import { eventually, type Stack } from './compose.ts'

// biome-ignore lint/suspicious/noExplicitAny: output of other programs
type Json = any

async function queryPrometheusApi(stack: Stack, path: string): Promise<Json> {
  const response = await fetch(`http://127.0.0.1:${stack.ports.prometheus}/api/v1/${path}`)
  return ((await response.json()) as Json).data
}

async function query(stack: Stack, expression: string): Promise<number> {
  const { result } = await queryPrometheusApi(stack, `query?query=${encodeURIComponent(expression)}`)
  return Number(result[0]?.value[1] ?? 0)
}

/** Services whose image a stand-in may replace where there is no registry: their program, and the job that scrapes it. */
const replaceable: Readonly<Record<string, readonly [program: string, job: string]>> = {
  'otel-collector': ['otelcol', 'otel-collector'],
  tempo: ['tempo', 'tempo'],
  loki: ['loki', 'loki'],
  grafana: ['run.sh', ''],
  'blackbox-exporter': ['blackbox_exporter', 'mcp-probe'],
  'redis-exporter': ['redis_exporter', 'redis'],
}

/** Stand-ins serve nothing. @returns services without their own program */
async function standIns(stack: Stack): Promise<string[]> {
  const replaced: string[] = []
  for (const [service, [program]] of Object.entries(replaceable)) {
    const [container] = await stack.containers(service)
    const [{ Path }] = JSON.parse(await stack.docker('inspect', container?.ID ?? '')) as Json
    if (!Path.includes(program)) replaced.push(service)
  }
  return replaced
}

/** Scraping, alerting and the metrics of the demo traffic. */
export const monitoringChecks: Readonly<Record<string, Check>> = {
  async 'scrapes both replicas and loads all rules without an error'(stack) {
    await eventually(60_000, async () => {
      const { activeTargets } = await queryPrometheusApi(stack, 'targets?state=active')
      const replicas = activeTargets.filter(({ labels }: Json) => labels.job === 'mcp-server')
      assert.deepEqual(
        replicas.map(({ health }: Json) => health),
        ['up', 'up'],
      )
      const excused = (await standIns(stack)).map((service) => replaceable[service]?.[1])
      const down = activeTargets.filter(
        ({ health, labels }: Json) => health !== 'up' && !excused.includes(labels.job),
      )
      assert.deepEqual(
        down.map(({ labels }: Json) => labels.job),
        [],
        'targets that are not up',
      )
    })
    const { groups } = await queryPrometheusApi(stack, 'rules')
    const loaded = new Set(groups.map(({ file }: Json) => basename(file)))
    assert.deepEqual([...loaded].sort(), (await readdir('prometheus/rules')).sort())
    const rules = groups.flatMap((group: Json) => group.rules)
    // Rules over days are evaluated every few minutes and report unknown health until then.
    const broken = rules.filter(({ health }: Json) => health === 'err')
    assert.deepEqual(
      broken.map(({ name, lastError }: Json) => [name, lastError]),
      [],
    )
    return `${rules.length} rules, ${rules.filter(({ type }: Json) => type === 'alerting').length} alerts`
  },

  async 'gives each replica a young generation of more than V8 chooses for its memory'(stack) {
    let bytes = 0
    // It grows with the calls of the simulated users.
    await eventually(60_000, async () => {
      bytes = await query(
        stack,
        'min(max_over_time(nodejs_heap_space_size_total_bytes{job="mcp-server",space="new"}[5m]))',
      )
      assert.ok(
        bytes > 4 * 2 ** 20,
        `${bytes} bytes; without an option V8 limits it to 2 MiB in a container of 512 MiB or less`,
      )
    })
    return `${bytes / 2 ** 20} MiB`
  },

  async 'delivers an alert from Prometheus through Alertmanager to the sink'(stack) {
    await eventually(90_000, async () => {
      const page = await (await fetch(`http://127.0.0.1:${stack.ports.alertSink}/`)).text()
      assert.match(page, /Watchdog last heard: \d/, 'the sink has received no Watchdog alert')
    })
    return undefined
  },

  async 'leads from an alert to its runbook, also while the gateway is gone'(stack) {
    const { alerts } = await queryPrometheusApi(stack, 'alerts')
    const { labels, annotations } = alerts.find(({ labels }: Json) => labels.alertname === 'Watchdog')
    assert.equal(labels.grafana_url, undefined)
    assert.equal(annotations.dashboard_url, `http://localhost:${stack.ports.grafana}/d/mcp-telemetry`)
    const page = await fetch(annotations.runbook_url)
    assert.equal(page.url, `http://localhost:${stack.ports.gateway}/documents/runbooks.watchdog`)
    assert.match(await page.text(), /<h1>Watchdog<\/h1>/)
    await stack.compose('stop', 'gateway')
    const file = await fetch(annotations.runbook_url)
    await stack.compose('start', 'gateway')
    assert.match(await file.text(), /^# Watchdog$/m)
    return annotations.runbook_url
  },

  async 'answers from Grafana with a trace of the demo and its log lines, unless stand-ins run'(stack) {
    const missing = (await standIns(stack)).filter((service) => !service.endsWith('-exporter'))
    if (missing.length > 0) return `left out: ${missing.join(', ')} are stand-ins`
    const ask = async (uid: string, path: string, query: Record<string, string>): Promise<Json> => {
      const url = `http://127.0.0.1:${stack.ports.grafana}/api/datasources/proxy/uid/${uid}/${path}`
      return (await fetch(`${url}?${new URLSearchParams(query)}`)).json()
    }
    await eventually(90_000, async () => {
      const q =
        '{ resource.service.name = "demo" } >> { name = "tools/call search" } >> { name =~ "pg.query.*" }'
      const { traces } = await ask('tempo', 'api/search', { q })
      const trace_id = traces[0]?.traceID.padStart(32, '0')
      assert.ok(trace_id, 'no trace of the demo')
      const query = `{service_name="observable-mcp-server"} | trace_id="${trace_id}"`
      const { data } = await ask('loki', 'loki/api/v1/query_range', { query, since: '10m' })
      assert.ok(data.result.length > 0, `no log line of trace ${trace_id}`)
    })
    return undefined
  },

  async 'counts the demo traffic of both protocol eras'(stack) {
    const demo = (era: string) =>
      query(
        stack,
        `sum(mcp_client_messages_total{job="mcp-server",era="${era}",client_name!="compose-smoke"})`,
      )
    const counts = { modern: 0, legacy: 0 }
    await eventually(60_000, async () => {
      for (const era of ['modern', 'legacy'] as const) counts[era] = await demo(era)
      assert.ok(counts.modern > 10 && counts.legacy > 10, `only ${JSON.stringify(counts)} so far`)
    })
    return `${counts.modern} modern, ${counts.legacy} legacy`
  },
}
