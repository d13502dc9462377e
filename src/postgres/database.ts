import pg from 'pg'
import { service } from '../config/package.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { Logger } from '../telemetry/log/logger.ts'
import type { Metrics } from '../telemetry/metrics/metrics.ts'
import { measureOperations } from '../telemetry/operations.ts'
import { endsConnection, noConnection, toDatabaseError } from './errors.ts'
import { withLivenessProbe } from './liveness-probe.ts'

export interface QueryOptions {
  /** Aborting it cancels the statement in Postgres, not only the wait for it. */
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
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects or is aborted. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>, options?: QueryOptions): Promise<T>
  close(): Promise<void>
}

const maxConnections = 10
/** How long a caller waits for a connection before the database counts as unavailable. */
const acquireTimeoutMs = 1_500
/** The server's own bound on a statement; tools have shorter ones. */
const defaultStatementTimeoutMs = 15_000
/** Cancelling a statement, or showing that it is alive, is a matter of milliseconds for a server that works. */
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
    // For a server that does not answer at all, not even that the time is up.
    query_timeout: statementTimeoutMs + 1_000,
    application_name: service.name,
  })
  // A connection that breaks while idle is reported here; without a listener it would end the process.
  pool.on('error', (error) => logger.warn('idle postgres connection lost', { function: 'onError', error }))
  // Cancelling and signs of life need a way past the statements they are about, even when these hold every connection.
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

  // So would one that breaks while it is lent but between two statements. Whoever has it is told by the next one.
  for (const each of [pool, controlPool]) each.on('connect', (client) => client.on('error', () => undefined))

  metrics.onCollect(() => {
    metrics.set('mcp_pg_pool_max', {}, maxConnections)
    metrics.set('mcp_pg_pool_connections', { state: 'idle' }, pool.idleCount)
    metrics.set('mcp_pg_pool_connections', { state: 'used' }, pool.totalCount - pool.idleCount)
    metrics.set('mcp_pg_pool_connections', { state: 'waiting' }, pool.waitingCount)
  })
  const measured = measureOperations(metrics, 'database')

  let sign: Promise<void> | undefined
  /** Asks for all statements that wait at this time. An error is an answer too: only silence is none. */
  function signOfLife(): Promise<void> {
    sign ??= withDeadline({ timeoutMs: controlTimeoutMs, operation: 'A sign of life' }, () =>
      controlPool.query('select 1'),
    )
      .then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof pg.DatabaseError))
            throw new Error('postgres gives no sign of life', { cause: error })
        },
      )
      .finally(() => {
        sign = undefined
      })
    return sign
  }

  /** Lends a connection to `work`; aborting the signal cancels the statement it is waiting for. */
  async function withConnection<T>(
    work: (connection: Queryable) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    signal?.throwIfAborted()
    const client = await measured('acquire', () => pool.connect()).catch((error: unknown) => {
      throw noConnection(error)
    })
    if (signal?.aborted) {
      // Who has gone while waiting for the connection needs it no more.
      client.release()
      throw signal.reason
    }
    let broken = false
    let cancelling: Promise<unknown> | undefined
    const cancel = () => {
      cancelling = controlPool
        .query('select pg_cancel_backend($1)', [processIdOf(client)])
        .catch((error: unknown) => {
          // It may still arrive, and must not hit the next user of the connection.
          broken = true
          logger.warn('a statement could not be cancelled', { function: 'cancel', error })
        })
    }
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      return await work({
        async query(sql, values = []) {
          if (broken) throw noConnection(undefined)
          try {
            const statement = () => withLivenessProbe(client.query(sql, [...values]), signOfLife)
            return (await measured(operationOf(sql), statement)).rows
          } catch (error) {
            broken ||= endsConnection(error)
            throw signal?.aborted ? signal.reason : toDatabaseError(error)
          }
        },
      })
    } finally {
      signal?.removeEventListener('abort', cancel)
      // The connection goes back only after the cancel request was delivered, so that it can't hit the next user.
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

/** A statement's first word, which names the operation well enough and has few values. */
function operationOf(sql: string): string {
  const word = /^\s*(\w+)/.exec(sql)?.[1]?.toLowerCase() ?? ''
  return operations.has(word) ? word : 'other'
}

/** The backend's process id is part of every connection, but not of the library's types. */
const processIdOf = (client: pg.PoolClient): number => (client as unknown as { processID: number }).processID
