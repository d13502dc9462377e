import { setTimeout as delay } from 'node:timers/promises'
import { ExpectedError } from '../lib/expected-error.ts'
import {
  type ActiveAlert,
  describeAlert,
  type ExpectedAlert,
  type Followed,
  fits,
  followAlerts,
  type Moment,
  type Notice,
} from './follow-alerts.ts'

export interface Drill {
  readonly name: string
  /** The first symptom, independent of any rule: present when the query returns a sample. */
  readonly symptom: { readonly promql: string; readonly description: string }
  readonly expects: readonly ExpectedAlert[]
  injectFault(): Promise<unknown>
  /** Idempotent. */
  repair(): Promise<unknown>
}

/** Read access to Prometheus and to the receiver of notifications. */
export interface Watch {
  alerts(): Promise<readonly ActiveAlert[]>
  query(promql: string): Promise<readonly unknown[]>
  notifications(): Promise<readonly Notice[]>
}

export type Event = 'fault' | 'symptom' | Moment | 'repaired'

export interface DrillOptions {
  readonly watch: Watch
  readonly pollMs: number
  /** Timeout for alerts to fire and be notified. */
  readonly fireWithinMs: number
  /** Timeout for alerts to resolve and be notified as resolved. */
  readonly resolveWithinMs: number
  readonly tell?: (event: Event, atMs: number, about?: string) => void
  /** Called after each poll. */
  readonly waiting?: (alerts: readonly ExpectedAlert[], moments: readonly Moment[], leftMs: number) => void
  /** Aborts the drill after the repair. */
  readonly signal?: AbortSignal
}

export interface DrillResult {
  readonly faultAtMs: number
  readonly symptomAtMs: number | undefined
  readonly repairedAtMs: number
  readonly followed: readonly Followed[]
  /** Unexpected alerts that fired. */
  readonly otherAlerts: readonly ExpectedAlert[]
}

/**
 * Injects a fault, waits for the alerts, repairs it, waits for their end. The repair runs in any case.
 *
 * @throws ExpectedError if an expected alert does not fire, notify or resolve in time
 */
export async function runDrill(drill: Drill, options: DrillOptions): Promise<DrillResult> {
  const { watch, tell = () => {}, signal } = options
  const isExpected = ({ labels }: ActiveAlert) => drill.expects.some((alert) => fits(alert, labels))
  const already = (await watch.alerts()).filter(isExpected)
  if (already.length > 0) {
    const names = already.map(({ labels, state }) => `${labels.alertname} (${state})`).join(', ')
    throw new ExpectedError(`Already active before the drill: ${names}.`)
  }

  const faultAtMs = Date.now()
  const follower = followAlerts(drill.expects, faultAtMs, (moment, alert, atMs) =>
    tell(moment, atMs, describeAlert(alert)),
  )
  const otherAlerts = new Map<string, ExpectedAlert>()
  let symptomAtMs: number | undefined

  async function poll(): Promise<void> {
    if (symptomAtMs === undefined && (await watch.query(drill.symptom.promql)).length > 0) {
      symptomAtMs = Date.now()
      tell('symptom', symptomAtMs, drill.symptom.description)
    }
    const [active, notifications] = await Promise.all([watch.alerts(), watch.notifications()])
    follower.update(active, notifications, Date.now())
    for (const alert of active) {
      if (alert.state !== 'firing' || isExpected(alert)) continue
      const { alertname: name = '', job: _job, ...labels } = alert.labels
      otherAlerts.set(JSON.stringify(alert.labels), { name, labels })
    }
  }

  async function pollUntil(moments: readonly Moment[], timeoutMs: number): Promise<void> {
    for (const deadlineMs = Date.now() + timeoutMs; ; ) {
      // A failed poll counts only at the deadline: Prometheus may be slow on a busy machine.
      await poll().catch((error: unknown) => {
        if (Date.now() >= deadlineMs) throw error
      })
      const missing = follower.missing(moments)
      if (missing.length === 0) return
      const leftMs = deadlineMs - Date.now()
      if (leftMs <= 0) {
        const names = missing.map(describeAlert).join(', ')
        throw new ExpectedError(`Not ${moments.join(' and ')} within ${timeoutMs / 1_000} s: ${names}.`)
      }
      options.waiting?.(missing, moments, leftMs)
      await delay(options.pollMs, undefined, signal ? { signal } : {})
    }
  }

  let repairedAtMs = faultAtMs
  try {
    tell('fault', faultAtMs)
    await drill.injectFault()
    await pollUntil(['firing', 'notified'], options.fireWithinMs)
  } finally {
    await drill.repair()
    repairedAtMs = Date.now()
    follower.repaired()
    tell('repaired', repairedAtMs)
  }
  signal?.throwIfAborted()
  await pollUntil(['resolved', 'resolutionNotified'], options.resolveWithinMs)
  return {
    faultAtMs,
    symptomAtMs,
    repairedAtMs,
    followed: follower.followed,
    otherAlerts: [...otherAlerts.values()],
  }
}
