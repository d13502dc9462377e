import { withDeadline } from '../lib/deadline.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'

/** Health check of one dependency. */
export interface DependencyCheck {
  /** A constant: the name in `/health`, on the page at `/`, and in the label `dependency` of metrics. */
  readonly name: string
  /** The server is not ready while this dependency is down. */
  readonly critical: boolean
  /** How long a result is cached; while the dependency is down, 5 s at most. */
  readonly intervalMs: number
  /** Rejects if the dependency is down. */
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
  /** Runs every check whose cached result has expired. */
  report(): Promise<HealthReport>
  /** Whether load balancers should send requests to this instance. */
  readiness(): Promise<{ readonly ready: boolean; readonly reason?: string }>
  /** Makes the server permanently not ready, for shutdown. */
  drain(): void
}

export interface HealthOptions {
  readonly checks: readonly DependencyCheck[]
  readonly metrics: Metrics
  readonly logger: Logger
  /** A check that takes longer counts as failed. */
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 1_500
/** Detects a recovery soon, even for a dependency with a long check interval. */
const maxIntervalWhileDownMs = 5_000

export function createHealth({
  checks,
  metrics,
  logger,
  timeoutMs = defaultTimeoutMs,
}: HealthOptions): Health {
  const cachedChecks = checks.map((check) => ({
    check,
    getResult: createCachedCheck(check, { metrics, logger, timeoutMs }),
  }))
  let draining = false

  // A scrape reports the previous results and starts the checks for the next scrape.
  metrics.onCollect(() => {
    for (const { getResult } of cachedChecks) void getResult()
  })

  return {
    async report() {
      const results = await Promise.all(
        cachedChecks.map(async ({ check, getResult }) => ({ check, result: await getResult() })),
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
      const critical = cachedChecks.filter(({ check }) => check.critical)
      const results = await Promise.all(
        critical.map(async ({ check, getResult }) => ({ name: check.name, up: (await getResult()).up })),
      )
      const down = results.filter(({ up }) => !up).map(({ name }) => name)
      return down.length === 0 ? { ready: true } : { ready: false, reason: `${down.join(', ')} down` }
    },

    drain() {
      draining = true
    },
  }
}

/** Runs a check at most once per interval; concurrent callers share the run. */
function createCachedCheck(
  { name, intervalMs, run }: DependencyCheck,
  { metrics, logger, timeoutMs }: Required<Pick<HealthOptions, 'metrics' | 'logger' | 'timeoutMs'>>,
): () => Promise<CheckResult> {
  let latest: Promise<CheckResult> | undefined
  let expiresAtMs = 0
  let wasUp: boolean | undefined

  async function runCheck(): Promise<CheckResult> {
    const startedAtMs = performance.now()
    const error = await withDeadline({ timeoutMs, operation: `The check of ${name}` }, run).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    const durationMs = performance.now() - startedAtMs
    const up = error === undefined
    metrics.set('mcp_dependency_up', { dependency: name }, up ? 1 : 0)
    metrics.set('mcp_dependency_check_seconds', { dependency: name }, durationMs / 1000)
    if (up !== wasUp) {
      if (!up) logger.warn('dependency went down', { function: 'check', dependency: name, error })
      else if (wasUp === false) logger.info('dependency recovered', { function: 'check', dependency: name })
    }
    wasUp = up
    expiresAtMs = performance.now() + (up ? intervalMs : Math.min(intervalMs, maxIntervalWhileDownMs))
    return { up, durationMs: Math.round(durationMs * 10) / 10, checkedAt: new Date().toISOString() }
  }

  return () => {
    if (latest === undefined || performance.now() >= expiresAtMs) {
      // Shared by all callers until it settles.
      expiresAtMs = Number.POSITIVE_INFINITY
      latest = runCheck()
    }
    return latest
  }
}
