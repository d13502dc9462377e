import pg from 'pg'
import { withDeadline } from '../lib/deadline.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import { measureOperations } from '../telemetry/operations.ts'
import { sendCancelRequest } from './cancel-request.ts'
import { breaksConnection, isReadOnly, toDatabaseError, unavailable } from './errors.ts'
import { withLivenessProbe } from './liveness-probe.ts'
import { createPool } from './pool.ts'
import { createShares, type Release } from './shares.ts'

export interface QueryOptions {
  /** Aborting also sends a cancel request for the running statement. */
  readonly signal?: AbortSignal | undefined
  /** May use a connection that callers cannot take: for short statements of the server itself. */
  readonly reserved?: boolean
}

export interface Queryable {
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

/** A pool of Postgres connections. Known failures become an `AppError`; other errors of pg are rethrown. */
export interface Database {
  query<Row extends pg.QueryResultRow>(
    sql: string,
    values?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<Row[]>
  /** Commits when `work` resolves, rolls back when it rejects or is aborted. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>, options?: QueryOptions): Promise<T>
  /** Resolves if the server answers in time, on a connection of its own. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Connections for calls. */
const maxConnections = 10
/** Connections that calls leave free, for queries of API keys. */
const reservedConnections = 1
const probeConnections = 1
const defaultMaxAgeMs = 300_000

export interface DatabaseTimeouts {
  readonly statementMs: number
  /** Maximum wait for a connection. */
  readonly acquireMs: number
  /** Timeout of cancel requests and liveness probes, which may open a connection. */
  readonly controlMs: number
}

/** Below the timeout of every tool. With a healthy server nearby, everything but statements takes milliseconds. */
export const callTimeouts: DatabaseTimeouts = { statementMs: 4_000, acquireMs: 1_500, controlMs: 1_000 }

/** For commands, which may run far from the database or resume a serverless one, and load much in one transaction. */
export const commandTimeouts: DatabaseTimeouts = {
  statementMs: 120_000,
  acquireMs: 30_000,
  controlMs: 30_000,
}

export interface DatabaseOptions {
  readonly url: string
  readonly logger: Logger
  readonly metrics: Metrics
  /** The caller of the running work, for its share of the connections; by default all work is of one caller. */
  readonly currentOwner?: () => string
  /** By default those of calls. */
  readonly timeouts?: DatabaseTimeouts
  readonly maxAgeMs?: number
}

export function createDatabase({
  url,
  logger,
  metrics,
  currentOwner = () => '',
  timeouts = callTimeouts,
  maxAgeMs = defaultMaxAgeMs,
}: DatabaseOptions): Database {
  const max = maxConnections + reservedConnections + probeConnections
  const pool = createPool({
    url,
    max,
    connectTimeoutMs: timeouts.acquireMs,
    statementTimeoutMs: timeouts.statementMs,
    maxAgeMs,
    logger,
  })
  const shares = createShares(maxConnections, reservedConnections)

  metrics.onCollect(() => {
    metrics.set('mcp_pg_pool_max', {}, maxConnections)
    metrics.set('mcp_pg_pool_connections', { state: 'idle' }, pool.idleCount)
    metrics.set('mcp_pg_pool_connections', { state: 'used' }, shares.used)
    metrics.set('mcp_pg_pool_connections', { state: 'waiting' }, shares.waiting)
  })
  const measured = measureOperations(metrics, 'database')

  let runningPing: Promise<void> | undefined
  /** One ping for all waiting statements and health checks. */
  function ping(): Promise<void> {
    runningPing ??= measured('ping', () =>
      withDeadline({ timeoutMs: timeouts.controlMs, operation: 'The liveness probe' }, selectOne),
    ).finally(() => {
      runningPing = undefined
    })
    return runningPing
  }

  /** Uses no timeout of the driver, which would fire before the reply is read if the event loop was blocked. */
  async function selectOne(expired: AbortSignal): Promise<void> {
    const client = await pool.connect()
    if (expired.aborted) return client.release()
    // An abandoned query ends with its connection.
    const abandon = () => client.release(true)
    expired.addEventListener('abort', abandon, { once: true })
    let broken = true
    try {
      await client.query('select 1')
      broken = false
    } finally {
      expired.removeEventListener('abort', abandon)
      if (!expired.aborted) client.release(broken)
    }
  }

  /** A database error also proves that the server is alive. */
  const probe = () =>
    ping().catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError))
        throw new Error('postgres liveness probe failed', { cause: error })
    })

  async function acquire({ signal, reserved = false }: QueryOptions) {
    const taking = { owner: currentOwner(), reserved }
    const release = shares.take(taking)
    // Fast path: the deadline's timer and signals would cost a tenth of a short statement.
    if (release) return checkOut(release, signal)
    const deadline = { timeoutMs: timeouts.acquireMs, graceMs: timeouts.acquireMs, signal }
    return withDeadline({ ...deadline, operation: 'Acquiring a connection' }, async (stopped) =>
      checkOut(await shares.wait(taking, stopped), stopped),
    )
  }

  /** @param stopped aborted if the caller left while waiting; then the connection is released */
  async function checkOut(release: Release, stopped: AbortSignal | undefined) {
    try {
      const client = await pool.connect()
      if (!stopped?.aborted) return { client, release }
      client.release()
      throw stopped.reason
    } catch (error) {
      release()
      throw error
    }
  }

  /** Checks out a client for `work`; aborting the signal cancels its running statement. */
  async function withConnection<T>(
    work: (connection: Queryable) => Promise<T>,
    options: QueryOptions,
  ): Promise<T> {
    const { signal } = options
    signal?.throwIfAborted()
    const { client, release } = await measured('acquire', () => acquire(options)).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : unavailable(error)
    })
    let broken = false
    let cancelling: Promise<unknown> | undefined
    const cancel = () => {
      cancelling = withDeadline(
        { timeoutMs: timeouts.controlMs, operation: 'The cancel request' },
        (expired) => sendCancelRequest(client, expired),
      ).catch((error: unknown) => {
        // The request may still arrive and would cancel a later statement, so drop the connection.
        broken = true
        logger.warn('statement cancel request failed; connection dropped', { function: 'cancel', error })
      })
    }
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      return await work({
        async query(sql, values = []) {
          // The cancel request must not hit a later statement, such as the rollback.
          if (cancelling) await cancelling
          if (broken) throw unavailable(undefined)
          try {
            const statement = () => withLivenessProbe(client.query(sql, [...values]), probe)
            return (await measured(operationOf(sql), statement)).rows
          } catch (error) {
            broken ||= breaksConnection(error)
            if (isReadOnly(error)) pool.renew()
            throw signal?.aborted ? signal.reason : toDatabaseError(error)
          }
        },
      })
    } finally {
      signal?.removeEventListener('abort', cancel)
      // Release only after the cancel request was delivered, so that it cannot hit the next user's statement.
      await cancelling
      client.release(broken)
      release()
    }
  }

  return {
    query: (sql, values, options = {}) =>
      withConnection((connection) => connection.query(sql, values), options),

    transaction: (work, options = {}) =>
      withConnection(async (connection) => {
        await connection.query('begin')
        try {
          const result = await work(connection)
          options.signal?.throwIfAborted()
          await connection.query('commit')
          return result
        } catch (error) {
          await connection.query('rollback').catch(() => undefined)
          throw error
        }
      }, options),

    ping: () =>
      ping().catch((error: unknown) => {
        throw unavailable(error)
      }),

    close: () => pool.end(),
  }
}

const operations = new Set(['select', 'insert', 'update', 'delete', 'with', 'begin', 'commit', 'rollback'])

/** Label value of bounded cardinality: the statement's first keyword. */
function operationOf(sql: string): string {
  const word = /^\s*(\w+)/.exec(sql)?.[1]?.toLowerCase() ?? ''
  return operations.has(word) ? word : 'other'
}
