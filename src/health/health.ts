import { withDeadline } from '../lib/deadline.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'

/** How one dependency is asked whether it works. */
export interface DependencyCheck {
  /** A constant: the name in `/health`, on the page at `/`, and in the label `dependency` of metrics. */
  readonly name: string
  /** Without it the server is of no use, so it is not ready. */
  readonly critical: boolean
  /** How long an answer is good for: the dependency is asked no more often. One that is down is asked after 5 s at most. */
  readonly intervalMs: number
  /** Rejects if the dependency does not work. */
  run(signal: AbortSignal): Promise<unknown>
}

export interface CheckResult {
  readonly up: boolean
  readonly durationMs: number
  readonly checkedAt: string
}

export interface HealthReport {
  readonly status: 'healthy' | 'unhealthy'
  readonly checks: Readonly<Record<string, boolean>>
  readonly details: Readonly<Record<string, CheckResult & { readonly critical: boolean }>>
}

export interface Health {
  /** Asks every dependency, or takes its last answer if that is recent enough. */
  report(): Promise<HealthReport>
  /** Whether requests should be sent here. */
  readiness(): Promise<{ readonly ready: boolean; readonly reason?: string }>
  /** From now on the server is not ready, whatever its dependencies say. */
  drain(): void
}

export interface HealthOptions {
  readonly checks: readonly DependencyCheck[]
  readonly metrics: Metrics
  readonly logger: Logger
  /** A dependency that has not answered by then counts as down. */
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 1_500
/** So that a repair is seen soon, however seldom the dependency is asked while it works. */
const longestIntervalDownMs = 5_000

export function createHealth({
  checks,
  metrics,
  logger,
  timeoutMs = defaultTimeoutMs,
}: HealthOptions): Health {
  const lookups = checks.map((check) => ({
    check,
    look: createLookup(check, { metrics, logger, timeoutMs }),
  }))
  let draining = false

  // Who scrapes sees the last answers, and makes sure that there are newer ones the next time.
  metrics.onCollect(() => {
    for (const { look } of lookups) void look()
  })

  return {
    async report() {
      const results = await Promise.all(
        lookups.map(async ({ check, look }) => ({ check, result: await look() })),
      )
      return {
        status: results.every(({ result }) => result.up) ? 'healthy' : 'unhealthy',
        checks: Object.fromEntries(results.map(({ check, result }) => [check.name, result.up])),
        details: Object.fromEntries(
          results.map(({ check, result }) => [check.name, { ...result, critical: check.critical }]),
        ),
      }
    },

    async readiness() {
      if (draining) return { ready: false, reason: 'shutting down' }
      const critical = lookups.filter(({ check }) => check.critical)
      const results = await Promise.all(
        critical.map(async ({ check, look }) => ({ name: check.name, up: (await look()).up })),
      )
      const down = results.filter(({ up }) => !up).map(({ name }) => name)
      return down.length === 0 ? { ready: true } : { ready: false, reason: `${down.join(', ')} down` }
    },

    drain() {
      draining = true
    },
  }
}

/** Asks one dependency at most once an interval, however many ask at the same time. */
function createLookup(
  { name, intervalMs, run }: DependencyCheck,
  { metrics, logger, timeoutMs }: Required<Pick<HealthOptions, 'metrics' | 'logger' | 'timeoutMs'>>,
): () => Promise<CheckResult> {
  let latest: Promise<CheckResult> | undefined
  let askAgainAtMs = 0
  let wasUp: boolean | undefined

  async function ask(): Promise<CheckResult> {
    const startedAtMs = performance.now()
    const error = await withDeadline({ timeoutMs, what: `The check of ${name}` }, run).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    const durationMs = performance.now() - startedAtMs
    const up = error === undefined
    metrics.set('mcp_dependency_up', { dependency: name }, up ? 1 : 0)
    metrics.set('mcp_dependency_check_seconds', { dependency: name }, durationMs / 1000)
    if (up !== wasUp) {
      if (!up) logger.warn('dependency is down', { function: 'check', dependency: name, error })
      else if (wasUp === false) logger.info('dependency is up again', { function: 'check', dependency: name })
    }
    wasUp = up
    askAgainAtMs = performance.now() + (up ? intervalMs : Math.min(intervalMs, longestIntervalDownMs))
    return { up, durationMs: Math.round(durationMs * 10) / 10, checkedAt: new Date().toISOString() }
  }

  return () => {
    if (latest === undefined || performance.now() >= askAgainAtMs) {
      // Until it is answered nobody asks again.
      askAgainAtMs = Number.POSITIVE_INFINITY
      latest = ask()
    }
    return latest
  }
}
