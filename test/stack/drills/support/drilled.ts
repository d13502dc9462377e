import assert from 'node:assert/strict'
import { after } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { describeAlert, fits } from '../../../../dev/drill/follow-alerts.ts'
import { type Drill, type DrillResult, runDrill, type Watch } from '../../../../dev/drill/run-drill.ts'
import type { DrillStack } from './drill-stack.ts'

/** Fire, end, and be told of it: together at most 90 s a drill. */
const fireWithinMs = 40_000
const resolveWithinMs = 45_000
/** Alerts of earlier drills, and of a server that has just started, have this long to end. */
const quietWithinMs = 60_000
/** Longer than an evaluation of all groups. */
const quietForMs = 2_000

/** Always there, or slow to forget: whatever fails burns the budget too. */
const background = ['Watchdog', 'AvailabilityBudgetBurn', 'LatencyBudgetBurn']
/** What a machine that has too much to do causes by itself, with windows of seconds. */
const ofBusyMachine = ['EventLoopLag', 'SlowToolCalls', 'TargetDown', 'TelemetryExportFailing']

const rows: string[][] = [['drill', 'alert', 'sign', 'pending', 'firing', 'notified', 'resolved', 'told']]
after(() => console.log(table(rows)))

export type TestDrill = Drill & {
  /** Alerts that may fire besides, because the fault really has that consequence too. */
  readonly mayAlsoFire?: readonly string[]
}

/**
 * Runs a drill, wants all expected alerts to fire, be notified, end and be told to have ended, and no
 * others; its times go into the table that is printed in the end.
 */
export async function drilled({ prometheus, webhook }: DrillStack, drill: TestDrill): Promise<void> {
  const watch: Watch = {
    alerts: () => prometheus.alerts(),
    query: (promql) => prometheus.query(promql),
    notices: async () =>
      webhook.notifications.flatMap(({ alerts, receivedAtMs }) =>
        alerts.map(({ status, labels }) => ({ atMs: receivedAtMs, status, labels })),
      ),
  }
  await untilQuiet(watch)
  const result = await runDrill(drill, { watch, pollMs: 250, fireWithinMs, resolveWithinMs })
  record(drill, result)
  assert.notEqual(result.signAtMs, undefined, `never seen: ${drill.sign.says}`)
  const allowed = [...background, ...ofBusyMachine, ...(drill.mayAlsoFire ?? [])]
  const unexpected = result.others.filter(({ name }) => !allowed.includes(name)).map(describeAlert)
  assert.deepEqual(unexpected, [], 'alerts that fired without being expected')
}

/** A Prometheus that has just started is quiet for want of an evaluation; only the Watchdog's tells that it looks. */
async function untilQuiet(watch: Watch): Promise<void> {
  let quietSinceMs: number | undefined
  for (const deadline = Date.now() + quietWithinMs; ; await delay(250)) {
    const active = await watch.alerts()
    const names = active
      .filter(({ labels }) => !background.some((name) => fits({ name }, labels)))
      .map(({ labels, state }) => `${labels.alertname} ${state}`)
    const looks = active.some(({ labels }) => fits({ name: 'Watchdog' }, labels))
    quietSinceMs = looks && names.length === 0 ? (quietSinceMs ?? Date.now()) : undefined
    if (quietSinceMs !== undefined && Date.now() - quietSinceMs >= quietForMs) return
    assert.ok(Date.now() < deadline, `still active before the drill: ${looks ? names : 'no rule looked at'}`)
  }
}

/** Seconds since the fault, since the repair for the last two columns. */
function record(drill: Drill, { faultAtMs, signAtMs, repairedAtMs, followed }: DrillResult): void {
  const seconds = (atMs: number | undefined, sinceMs: number) =>
    atMs === undefined ? '–' : ((atMs - sinceMs) / 1_000).toFixed(1)
  for (const { expected, moments } of followed) {
    rows.push([
      drill.name,
      describeAlert(expected),
      seconds(signAtMs, faultAtMs),
      ...(['pending', 'firing', 'notified'] as const).map((moment) => seconds(moments[moment], faultAtMs)),
      ...(['resolved', 'told'] as const).map((moment) => seconds(moments[moment], repairedAtMs)),
    ])
  }
}

function table(lines: readonly (readonly string[])[]): string {
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  const drawn = lines.map((line) => `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`)
  drawn.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`)
  return `\nSeconds after the fault; resolved and told: after the repair.\n${drawn.join('\n')}\n`
}
