import assert from 'node:assert/strict'
import { after } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { describeAlert, fits } from '../../../../dev/drill/follow-alerts.ts'
import { type Drill, type DrillResult, runDrill, type Watch } from '../../../../dev/drill/run-drill.ts'
import { kebabCase } from '../../../../dev/lib/kebab-case.ts'
import type { RunningPrometheus } from '../../support/prometheus.ts'
import type { NotifiedAlert } from '../../support/webhook.ts'
import type { DrillStack } from './drill-stack.ts'

/** Together at most 90 s per drill. */
const fireWithinMs = 40_000
const resolveWithinMs = 45_000
/** Alerts of earlier drills and of a new server must resolve within this time. */
const quietWithinMs = 60_000
/** Longer than an evaluation of all groups. */
const quietForMs = 2_000

/** Always firing, or slow to resolve: every failure burns the error budget. */
const background = ['Watchdog', 'AvailabilityBudgetBurn', 'LatencyBudgetBurn']
/** Alerts that an overloaded machine causes with windows of seconds. */
const overloadAlerts = ['EventLoopLag', 'SlowToolCalls', 'TargetDown', 'TelemetryExportFailing']

const rows: string[][] = [
  ['drill', 'alert', 'symptom', 'pending', 'firing', 'notified', 'resolved', 'resolutionNotified'],
]
after(() => console.log(table(rows)))

export type TestDrill = Drill & {
  /** Alerts that may also fire, because the fault has that consequence. */
  readonly mayAlsoFire?: readonly string[]
}

/**
 * Runs a drill and fails unless exactly the expected alerts fire, notify and resolve. Adds its times to the
 * table that is printed at the end.
 */
export async function runDrillTest({ prometheus, webhook }: DrillStack, drill: TestDrill): Promise<void> {
  const watch: Watch = {
    alerts: () => prometheus.alerts(),
    query: (promql) => prometheus.query(promql),
    notifications: async () =>
      webhook.notifications.flatMap(({ alerts, receivedAtMs }) =>
        alerts.map(({ status, labels }) => ({ atMs: receivedAtMs, status, labels })),
      ),
  }
  await untilQuiet(watch)
  const result = await runDrill(drill, { watch, pollMs: 250, fireWithinMs, resolveWithinMs })
  record(drill, result)
  assert.notEqual(result.symptomAtMs, undefined, `never seen: ${drill.symptom.description}`)
  const allowed = [...background, ...overloadAlerts, ...(drill.mayAlsoFire ?? [])]
  const unexpected = result.otherAlerts.filter(({ name }) => !allowed.includes(name)).map(describeAlert)
  assert.deepEqual(unexpected, [], 'unexpected alerts fired')
  for (const { alerts } of webhook.notifications) for (const alert of alerts) assertLinks(alert, prometheus)
}

/** The links follow the external labels, which stay out of the alert's own labels. */
function assertLinks({ labels, annotations }: NotifiedAlert, { alertLinks }: RunningPrometheus): void {
  const { RUNBOOK_URL_PREFIX: prefix, GRAFANA_URL: grafana } = alertLinks
  assert.equal(annotations.runbook_url, prefix + kebabCase(labels.alertname ?? ''))
  assert.match(annotations.dashboard_url ?? '', new RegExp(`^${grafana}/d/mcp-[a-z]+$`))
  assert.ok(!('grafana_url' in labels || 'runbook_url_prefix' in labels), JSON.stringify(labels))
}

/** Waits until no alert is active. The Watchdog proves that Prometheus evaluates rules; before that no alert is active. */
async function untilQuiet(watch: Watch): Promise<void> {
  let quietSinceMs: number | undefined
  for (const deadline = Date.now() + quietWithinMs; ; await delay(250)) {
    const active = await watch.alerts()
    const names = active
      .filter(({ labels }) => !background.some((name) => fits({ name }, labels)))
      .map(({ labels, state }) => `${labels.alertname} ${state}`)
    const evaluates = active.some(({ labels }) => fits({ name: 'Watchdog' }, labels))
    quietSinceMs = evaluates && names.length === 0 ? (quietSinceMs ?? Date.now()) : undefined
    if (quietSinceMs !== undefined && Date.now() - quietSinceMs >= quietForMs) return
    assert.ok(
      Date.now() < deadline,
      `still active before the drill: ${evaluates ? names : 'no rule evaluated'}`,
    )
  }
}

/** Times since the fault; in the last two columns since the repair. */
function record(drill: Drill, { faultAtMs, symptomAtMs, repairedAtMs, followed }: DrillResult): void {
  const seconds = (atMs: number | undefined, sinceMs: number) =>
    atMs === undefined ? '–' : ((atMs - sinceMs) / 1_000).toFixed(1)
  for (const { expected, moments } of followed) {
    rows.push([
      drill.name,
      describeAlert(expected),
      seconds(symptomAtMs, faultAtMs),
      ...(['pending', 'firing', 'notified'] as const).map((moment) => seconds(moments[moment], faultAtMs)),
      ...(['resolved', 'resolutionNotified'] as const).map((moment) =>
        seconds(moments[moment], repairedAtMs),
      ),
    ])
  }
}

function table(lines: readonly (readonly string[])[]): string {
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  const drawn = lines.map((line) => `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`)
  drawn.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`)
  return `\nSeconds after the fault; last two columns: after the repair.\n${drawn.join('\n')}\n`
}
