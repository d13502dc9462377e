/** Follows alerts through their states: pending and firing in Prometheus, notification, and the end of both. */

export type Labels = Readonly<Record<string, string>>

export interface ExpectedAlert {
  readonly name: string
  /** Labels that the alert must carry. */
  readonly labels?: Labels
}

/** An entry of Prometheus' /api/v1/alerts. */
export interface ActiveAlert {
  readonly state: string
  readonly labels: Labels
  readonly activeAt: string
}

/** One alert of a notification that a receiver got. */
export interface Notice {
  readonly atMs: number
  readonly status: string
  readonly labels: Labels
}

/** `resolutionNotified`: the notification that the alert is resolved. */
export type Moment = 'pending' | 'firing' | 'notified' | 'resolved' | 'resolutionNotified'

/** Milliseconds since 1970. */
export type Moments = { readonly [moment in Moment]?: number }

export interface Followed {
  readonly expected: ExpectedAlert
  readonly moments: Moments
}

export type Follower = ReturnType<typeof followAlerts>

/**
 * @param sinceMs the time of the fault; earlier notifications are ignored
 * @param tell is called once for every moment
 */
export function followAlerts(
  expected: readonly ExpectedAlert[],
  sinceMs: number,
  tell: (moment: Moment, alert: ExpectedAlert, atMs: number) => void,
) {
  const followed = expected.map((alert) => ({
    expected: alert,
    moments: {} as { [moment in Moment]?: number },
  }))
  let repaired = false

  function update(active: readonly ActiveAlert[], notifications: readonly Notice[], nowMs: number): void {
    for (const { expected, moments } of followed) {
      const reach = (moment: Moment, atMs: number): void => {
        if (moments[moment] !== undefined) return
        moments[moment] = atMs
        tell(moment, expected, atMs)
      }
      const found = active.filter(({ labels }) => fits(expected, labels))
      const [first] = found
      if (first) reach('pending', Math.max(sinceMs, Math.min(Date.parse(first.activeAt), nowMs)))
      const received = notifications.filter(({ atMs, labels }) => atMs >= sinceMs && fits(expected, labels))
      const raised = received.find(({ status }) => status === 'firing')
      const over = raised && areAllResolved(received) ? received.at(-1) : undefined

      // Notifications carry their own time, other moments the time of the poll: keep cause before effect.
      if (found.some(({ state }) => state === 'firing'))
        reach('firing', Math.min(nowMs, raised?.atMs ?? nowMs))
      if (raised) reach('notified', raised.atMs)
      if (first) delete moments.resolved
      else if (repaired && moments.firing !== undefined)
        reach('resolved', Math.min(nowMs, over?.atMs ?? nowMs))
      if (over && moments.resolved !== undefined) reach('resolutionNotified', over.atMs)
    }
  }

  return {
    followed: followed as readonly Followed[],
    update,
    /** From now on an inactive alert counts as resolved; before, it may only have paused. */
    repaired(): void {
      repaired = true
    },
    /** The alerts that lack one of the moments. */
    missing: (moments: readonly Moment[]): readonly ExpectedAlert[] =>
      followed
        .filter((one) => moments.some((moment) => one.moments[moment] === undefined))
        .map(({ expected }) => expected),
  }
}

export function fits({ name, labels = {} }: ExpectedAlert, actual: Labels): boolean {
  return actual.alertname === name && Object.entries(labels).every(([key, value]) => actual[key] === value)
}

/** Whether the latest notification of every label set is a resolved one. */
function areAllResolved(notifications: readonly Notice[]): boolean {
  const latest = new Map<string, string>()
  for (const { labels, status } of notifications)
    latest.set(JSON.stringify(Object.entries(labels).sort()), status)
  return [...latest.values()].every((status) => status === 'resolved')
}

/** In PromQL notation. */
export function describeAlert({ name, labels = {} }: ExpectedAlert): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}
