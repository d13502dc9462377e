/** Watches how an alert goes its way: Prometheus' pending and firing, the notification, and the end of both. */

export type Labels = Readonly<Record<string, string>>

export interface ExpectedAlert {
  readonly name: string
  /** That an alert must carry, besides its name. */
  readonly labels?: Labels
}

/** What Prometheus' /api/v1/alerts says of one alert. */
export interface ActiveAlert {
  readonly state: string
  readonly labels: Labels
  readonly activeAt: string
}

/** One alert of one notification that a receiver got. */
export interface Notice {
  readonly atMs: number
  readonly status: string
  readonly labels: Labels
}

export type Moment = 'pending' | 'firing' | 'notified' | 'resolved' | 'told'

/** Milliseconds since 1970; `told` is the notification that the alert is over. */
export type Moments = { readonly [moment in Moment]?: number }

export interface Followed {
  readonly expected: ExpectedAlert
  readonly moments: Moments
}

export interface Follower {
  readonly followed: readonly Followed[]
  /** Takes in how things are now. */
  update(active: readonly ActiveAlert[], notices: readonly Notice[], nowMs: number): void
  /** From now on an alert that is not active any more has ended; before, it may only have paused. */
  repaired(): void
  /** Those that have not come this far. */
  missing(...moments: Moment[]): readonly ExpectedAlert[]
}

/**
 * @param sinceMs when the fault began; notifications from before do not count
 * @param tell is called for every moment, once
 */
export function followAlerts(
  expected: readonly ExpectedAlert[],
  sinceMs: number,
  tell: (moment: Moment, alert: ExpectedAlert, atMs: number) => void,
): Follower {
  const followed = expected.map((alert) => ({
    expected: alert,
    moments: {} as { [moment in Moment]?: number },
  }))
  let repaired = false

  function reach({ expected, moments }: (typeof followed)[number], moment: Moment, atMs: number): void {
    if (moments[moment] !== undefined) return
    moments[moment] = atMs
    tell(moment, expected, atMs)
  }

  return {
    followed,
    update(active, notices, nowMs) {
      for (const one of followed) {
        const found = active.filter(({ labels }) => fits(one.expected, labels))
        const first = found[0]
        if (first) reach(one, 'pending', Math.max(sinceMs, Math.min(Date.parse(first.activeAt), nowMs)))
        const about = notices.filter(({ atMs, labels }) => atMs >= sinceMs && fits(one.expected, labels))
        const raised = about.find(({ status }) => status === 'firing')
        const over = raised && allOver(about) ? about.at(-1) : undefined

        // Notifications bear their own time, the rest the time at which it was seen: cause stays before effect.
        if (found.some(({ state }) => state === 'firing'))
          reach(one, 'firing', Math.min(nowMs, raised?.atMs ?? nowMs))
        if (raised) reach(one, 'notified', raised.atMs)
        if (first) delete one.moments.resolved
        else if (repaired && one.moments.firing !== undefined)
          reach(one, 'resolved', Math.min(nowMs, over?.atMs ?? nowMs))
        if (over && one.moments.resolved !== undefined) reach(one, 'told', over.atMs)
      }
    },
    repaired() {
      repaired = true
    },
    missing: (...wanted) =>
      followed
        .filter(({ moments }) => wanted.some((moment) => moments[moment] === undefined))
        .map(({ expected }) => expected),
  }
}

export function fits({ name, labels = {} }: ExpectedAlert, actual: Labels): boolean {
  return actual.alertname === name && Object.entries(labels).every(([key, value]) => actual[key] === value)
}

/** Whether the last word about every single alert was that it is over. */
function allOver(notices: readonly Notice[]): boolean {
  const last = new Map<string, string>()
  for (const { labels, status } of notices) last.set(JSON.stringify(Object.entries(labels).sort()), status)
  return [...last.values()].every((status) => status === 'resolved')
}

/** As PromQL writes it. */
export function describeAlert({ name, labels = {} }: ExpectedAlert): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}
