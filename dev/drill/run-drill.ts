import { setTimeout as delay } from 'node:timers/promises'
import { ExpectedError } from '../lib/expected-error.ts'
import {
  type ActiveAlert,
  describeAlert,
  type ExpectedAlert,
  type Followed,
  type Follower,
  fits,
  followAlerts,
  type Moment,
  type Notice,
} from './follow-alerts.ts'

export interface Drill {
  readonly name: string
  /** What gives the fault away first, before any rule has decided anything: true as soon as PromQL gives a sample. */
  readonly sign: { readonly promql: string; readonly says: string }
  readonly expects: readonly ExpectedAlert[]
  breakIt(): Promise<unknown>
  /** Must do no harm where nothing is broken. */
  repair(): Promise<unknown>
}

/** Where a drill is seen: Prometheus' view, and what has reached the receiver of notifications. */
export interface Watch {
  alerts(): Promise<readonly ActiveAlert[]>
  query(promql: string): Promise<readonly unknown[]>
  notices(): Promise<readonly Notice[]>
}

export type Event = 'fault' | 'sign' | Moment | 'repaired'

export interface DrillOptions {
  readonly watch: Watch
  readonly pollMs: number
  /** How long alerts may take to fire and be notified, and how long to end and be told so. */
  readonly fireWithinMs: number
  readonly resolveWithinMs: number
  readonly tell?: (event: Event, atMs: number, about?: string) => void
  /** What is being waited for, every now and then. */
  readonly waiting?: (alerts: readonly ExpectedAlert[], moments: readonly Moment[], leftMs: number) => void
  /** Ends the waiting; what is broken is repaired all the same. */
  readonly signal?: AbortSignal
}

export interface DrillResult {
  readonly faultAtMs: number
  readonly signAtMs: number | undefined
  readonly repairedAtMs: number
  readonly followed: readonly Followed[]
  /** Alerts that fired without being expected. */
  readonly others: readonly ExpectedAlert[]
}

/**
 * Breaks something, watches the alerts come, repairs it, watches them go. The repair is made whatever happens.
 *
 * @throws ExpectedError when an expected alert does not fire, is not notified or does not end in time
 */
export async function runDrill(drill: Drill, options: DrillOptions): Promise<DrillResult> {
  const { watch, tell = () => {}, signal } = options
  const already = (await watch.alerts()).filter(({ labels }) =>
    drill.expects.some((alert) => fits(alert, labels)),
  )
  if (already.length > 0) {
    const names = already.map(({ labels, state }) => `${labels.alertname} (${state})`).join(', ')
    throw new ExpectedError(`Before anything was broken there is already: ${names}.`)
  }

  const faultAtMs = Date.now()
  const follower = followAlerts(drill.expects, faultAtMs, (moment, alert, atMs) =>
    tell(moment, atMs, describeAlert(alert)),
  )
  const others = new Map<string, ExpectedAlert>()
  let signAtMs: number | undefined

  async function look(): Promise<void> {
    if (signAtMs === undefined && (await watch.query(drill.sign.promql)).length > 0) {
      signAtMs = Date.now()
      tell('sign', signAtMs, drill.sign.says)
    }
    const [active, notices] = await Promise.all([watch.alerts(), watch.notices()])
    follower.update(active, notices, Date.now())
    for (const { state, labels } of active) {
      if (state !== 'firing' || drill.expects.some((alert) => fits(alert, labels))) continue
      const { alertname: name = '', job: _job, ...rest } = labels
      others.set(JSON.stringify(labels), { name, labels: rest })
    }
  }

  let repairedAtMs = faultAtMs
  try {
    tell('fault', faultAtMs)
    await drill.breakIt()
    await until(look, follower, ['firing', 'notified'], options.fireWithinMs, options)
  } finally {
    await drill.repair()
    repairedAtMs = Date.now()
    follower.repaired()
    tell('repaired', repairedAtMs)
  }
  signal?.throwIfAborted()
  await until(look, follower, ['resolved', 'told'], options.resolveWithinMs, options)
  return { faultAtMs, signAtMs, repairedAtMs, followed: follower.followed, others: [...others.values()] }
}

async function until(
  look: () => Promise<void>,
  follower: Follower,
  moments: readonly Moment[],
  withinMs: number,
  { pollMs, waiting, signal }: DrillOptions,
): Promise<void> {
  for (const deadlineMs = Date.now() + withinMs; ; ) {
    // Prometheus may miss a beat on a busy machine; what counts is what it says in the end.
    await look().catch((error: unknown) => {
      if (Date.now() >= deadlineMs) throw error
    })
    const missing = follower.missing(...moments)
    if (missing.length === 0) return
    const leftMs = deadlineMs - Date.now()
    if (leftMs <= 0) {
      const names = missing.map(describeAlert).join(', ')
      throw new ExpectedError(`Not ${moments.join(' and ')} within ${withinMs / 1_000} s: ${names}.`)
    }
    waiting?.(missing, moments, leftMs)
    await delay(pollMs, undefined, signal ? { signal } : {})
  }
}
