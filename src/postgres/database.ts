import pg from 'pg'
import { service } from '../config/package.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import { measureOperations } from '../telemetry/operations.ts'
import { breaksConnection, toDatabaseError, unavailable } from './errors.ts'
import { withLivenessProbe } from './liveness-probe.ts'

export interface QueryOptions {
  /** Aborting also sends a cancel request for the running statement. */
  readonly signal?: AbortSignal | undefined
}

export interface Queryable {
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

/** A pool of Postgres connections. Every error it throws is an `AppError`. */
export interface Database {
  query<Row extends pg.QueryResultRow>(
    sql: string,
    values?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<Row[]>
  /** Commits when `work` resolves, rolls back when it rejects or is aborted. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>, options?: QueryOptions): Promise<T>
  close(): Promise<void>
}

const maxConnections = 10
/** Maximum wait for a connection from the pool. */
const acquireTimeoutMs = 1_500
/** Upper bound; tools have shorter timeouts. */
const defaultStatementTimeoutMs = 15_000
/** For cancel requests and liveness probes, which take milliseconds on a healthy server. */
const controlTimeoutMs = 1_000

export interface DatabaseOptions {
  readonly url: string
  readonly logger: Logger
  readonly metrics: Metrics
  readonly statementTimeoutMs?: number
}

export function createDatabase({
  url,
  logger,
  metrics,
  statementTimeoutMs = defaultStatementTimeoutMs,
}: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: acquireTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // Client-side timeout, for a server that cannot report its own statement timeout.
    query_timeout: statementTimeoutMs + 1_000,
    application_name: service.name,
  })
  // Idle connections report errors here; an unhandled 'error' event would end the process.
  pool.on('error', (error) => logger.warn('idle postgres connection lost', { function: 'onError', error }))
  // Separate pool, so that cancel requests and liveness probes get a connection when the main pool is exhausted.
  const controlPool = new pg.Pool({
    ...pool.options,
    max: 2,
    idleTimeoutMillis: 1_000,
    connectionTimeoutMillis: controlTimeoutMs + 1_000,
    // Only a safety net: `withDeadline` knows when the event loop was blocked, the driver does not.
    query_timeout: controlTimeoutMs + 1_000,
  })
  controlPool.on('error', (error) =>
    logger.debug('idle postgres connection lost', { function: 'onError', error }),
  )

  // A checked-out client also emits 'error' when idle; its next query reports it.
  for (const each of [pool, controlPool]) each.on('connect', (client) => client.on('error', () => undefined))

  metrics.onCollect(() => {
    metrics.set('mcp_pg_pool_max', {}, maxConnections)
    metrics.set('mcp_pg_pool_connections', { state: 'idle' }, pool.idleCount)
    metrics.set('mcp_pg_pool_connections', { state: 'used' }, pool.totalCount - pool.idleCount)
    metrics.set('mcp_pg_pool_connections', { state: 'waiting' }, pool.waitingCount)
  })
  const measured = measureOperations(metrics, 'database')

  let runningProbe: Promise<void> | undefined
  /** One probe for all waiting statements. A database error also proves that the server is alive. */
  function probe(): Promise<void> {
    runningProbe ??= withDeadline({ timeoutMs: controlTimeoutMs, operation: 'The liveness probe' }, () =>
      controlPool.query('select 1'),
    )
      .then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof pg.DatabaseError))
            throw new Error('postgres liveness probe failed', { cause: error })
        },
      )
      .finally(() => {
        runningProbe = undefined
      })
    return runningProbe
  }

  /** Checks out a client for `work`; aborting the signal cancels its running statement. */
  async function withConnection<T>(
    work: (connection: Queryable) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    signal?.throwIfAborted()
    const client = await measured('acquire', () => pool.connect()).catch((error: unknown) => {
      throw unavailable(error)
    })
    // The caller may have left while waiting for the connection.
    if (signal?.aborted) {
      client.release()
      throw signal.reason
    }
    let broken = false
    let cancelling: Promise<unknown> | undefined
    const cancel = () => {
      cancelling = controlPool
        .query('select pg_cancel_backend($1)', [processIdOf(client)])
        .catch((error: unknown) => {
          // The request may still arrive and would cancel a later statement, so drop the connection.
          broken = true
          logger.warn('statement cancel request failed; connection dropped', { function: 'cancel', error })
        })
    }
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      return await work({
        async query(sql, values = []) {
          if (broken) throw unavailable(undefined)
          try {
            const statement = () => withLivenessProbe(client.query(sql, [...values]), probe)
            return (await measured(operationOf(sql), statement)).rows
          } catch (error) {
            broken ||= breaksConnection(error)
            throw signal?.aborted ? signal.reason : toDatabaseError(error)
          }
        },
      })
    } finally {
      signal?.removeEventListener('abort', cancel)
      // Release only after the cancel request was delivered, so that it cannot hit the next user's statement.
      await cancelling
      client.release(broken)
    }
  }

  return {
    query: (sql, values, { signal } = {}) =>
      withConnection((connection) => connection.query(sql, values), signal),

    transaction: (work, { signal } = {}) =>
      withConnection(async (connection) => {
        await connection.query('begin')
        try {
          const result = await work(connection)
          signal?.throwIfAborted()
          await connection.query('commit')
          return result
        } catch (error) {
          await connection.query('rollback').catch(() => undefined)
          throw error
        }
      }, signal),

    close: async () => {
      await Promise.all([pool.end(), controlPool.end()])
    },
  }
}

const operations = new Set(['select', 'insert', 'update', 'delete', 'with', 'begin', 'commit', 'rollback'])

/** Label value of bounded cardinality: the statement's first keyword. */
function operationOf(sql: string): string {
  const word = /^\s*(\w+)/.exec(sql)?.[1]?.toLowerCase() ?? ''
  return operations.has(word) ? word : 'other'
}

/** The backend's process id, which is missing in the types of pg. */
const processIdOf = (client: pg.PoolClient): number => (client as unknown as { processID: number }).processID
