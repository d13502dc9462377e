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
      const down = activeTargets.filter(({ health }: Json) => health !== 'up')
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

  async 'delivers an alert from Prometheus through Alertmanager to the sink'(stack) {
    await eventually(90_000, async () => {
      const page = await (await fetch(`http://127.0.0.1:${stack.ports.alertSink}/`)).text()
      assert.match(page, /Watchdog last heard: \d/, 'the sink has received no Watchdog alert')
    })
    return undefined
  },

  async 'counts the demo traffic of both protocol eras'(stack) {
    const demo = (era: string) =>
      query(
        stack,
        `sum(mcp_client_requests_total{job="mcp-server",era="${era}",client_name!="compose-smoke"})`,
      )
    const counts = { modern: 0, legacy: 0 }
    await eventually(60_000, async () => {
      for (const era of ['modern', 'legacy'] as const) counts[era] = await demo(era)
      assert.ok(counts.modern > 10 && counts.legacy > 10, `only ${JSON.stringify(counts)} so far`)
    })
    return `${counts.modern} modern, ${counts.legacy} legacy`
  },
}
