import { describeAlert, type ExpectedAlert, type Moment } from './follow-alerts.ts'
import type { DrillOptions, Event } from './run-drill.ts'
import type { StackAddresses } from './stack.ts'

const words: Record<Event, string> = {
  fault: 'fault',
  sign: 'first sign',
  pending: 'pending',
  firing: 'firing',
  notified: 'notified',
  repaired: 'repaired',
  resolved: 'resolved',
  told: 'told resolved',
}

const remindEveryMs = 60_000

/** Prints each event as it comes, with the seconds since the fault, and now and then what is being waited for. */
export function createTimeLine(
  say: (line: string) => void,
): Required<Pick<DrillOptions, 'tell' | 'waiting'>> {
  let faultAtMs = 0
  let remindAtMs = 0
  return {
    tell(event, atMs, about = '') {
      if (event === 'fault') faultAtMs = atMs
      remindAtMs = Date.now() + remindEveryMs
      const after = `+${Math.round((atMs - faultAtMs) / 1_000)} s`
      say(`${clock(atMs)} ${after.padStart(7)}  ${words[event].padEnd(13)}  ${about}`.trimEnd())
    },
    waiting(alerts, moments, leftMs) {
      if (Date.now() < remindAtMs) return
      remindAtMs = Date.now() + remindEveryMs
      say(
        `${' '.repeat(18)}… waiting for ${alerts.map(describeAlert).join(' and ')} to be ${goal(moments)}, at most ${duration(leftMs)} more`,
      )
    },
  }
}

/** Where to look meanwhile. */
export function links(
  { expects, dashboard }: { expects: readonly ExpectedAlert[]; dashboard: string },
  { prometheus, alertmanager, alertSink, grafana, gateway }: StackAddresses,
): string {
  const runbooks = [...new Set(expects.map(({ name }) => `${gateway}/documents/runbooks.${kebab(name)}`))]
  return [
    `  rules          ${prometheus}/alerts`,
    `  dashboard      ${grafana}/d/${dashboard}`,
    `  Alertmanager   ${alertmanager}/#/alerts`,
    `  notifications  ${alertSink}/`,
    ...runbooks.map((url) => `  runbook        ${url}`),
  ].join('\n')
}

const kebab = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()

const clock = (atMs: number) => new Date(atMs).toISOString().slice(11, 19)

const goal = (moments: readonly Moment[]) => (moments.includes('firing') ? 'firing and notified' : 'over')

const duration = (ms: number) =>
  ms > 90_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1_000)} s`
