/** Alertmanager's webhook payload, reduced to the displayed fields. */
export interface Notification {
  readonly receivedAt: string
  readonly receiver: string
  readonly status: string
  readonly alerts: readonly Alert[]
}

interface Alert {
  readonly status: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
}

/** @throws Error if the text is not a webhook payload */
export function parseNotification(text: string): Notification {
  const { receiver, status, alerts } = JSON.parse(text)
  if (!Array.isArray(alerts)) throw new Error('alerts must be a list')
  return {
    receivedAt: new Date().toISOString(),
    receiver: string(receiver),
    status: string(status),
    alerts: alerts.map((alert) => ({
      status: string(alert.status),
      labels: strings(alert.labels),
      annotations: strings(alert.annotations),
      startsAt: string(alert.startsAt),
      endsAt: string(alert.endsAt),
    })),
  }
}

function string(value: unknown): string {
  if (typeof value !== 'string') throw new Error('expected a string')
  return value
}

const strings = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, string(value)]))
