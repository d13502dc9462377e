import { kebabCase } from '../lib/kebab-case.ts'
import { describeAlert, type ExpectedAlert } from './follow-alerts.ts'
import type { DrillOptions, Event } from './run-drill.ts'
import type { StackAddresses } from './stack.ts'

const remindEveryMs = 60_000
const eventNames: { [event in Event]?: string } = {
  symptom: 'first symptom',
  resolutionNotified: 'end notified',
}

/** Prints events with the seconds since the fault, and reminders of the alerts that are still awaited. */
export function createTimeLine(
  say: (line: string) => void,
): Required<Pick<DrillOptions, 'tell' | 'waiting'>> {
  let faultAtMs = 0
  let remindAtMs = 0
  return {
    tell(event, atMs, about = '') {
      if (event === 'fault') faultAtMs = atMs
      remindAtMs = Date.now() + remindEveryMs
      const name = eventNames[event] ?? event
      const after = `+${Math.round((atMs - faultAtMs) / 1_000)} s`
      const clock = new Date(atMs).toISOString().slice(11, 19)
      say(`${clock} ${after.padStart(7)}  ${name.padEnd(13)}  ${about}`.trimEnd())
    },
    waiting(alerts, moments, leftMs) {
      if (Date.now() < remindAtMs) return
      remindAtMs = Date.now() + remindEveryMs
      const goal = moments.includes('firing') ? 'firing and notified' : 'resolved'
      const names = alerts.map(describeAlert).join(' and ')
      say(`${' '.repeat(18)}… waiting up to ${Math.ceil(leftMs / 60_000)} min for ${names} to be ${goal}`)
    },
  }
}

/** Pages to watch during the drill. */
export function links(
  { expects, dashboard }: { expects: readonly ExpectedAlert[]; dashboard: string },
  { prometheus, alertmanager, alertSink, grafana }: StackAddresses,
): string {
  const runbooks = [...new Set(expects.map(({ name }) => `${alertSink}/runbooks/${kebabCase(name)}`))]
  return [
    `  rules          ${prometheus}/alerts`,
    `  dashboard      ${grafana}/d/${dashboard}`,
    `  Alertmanager   ${alertmanager}/#/alerts`,
    `  notifications  ${alertSink}/`,
    ...runbooks.map((url) => `  runbook        ${url}`),
  ].join('\n')
}
