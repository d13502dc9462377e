import pg from 'pg'
import { AppError } from '../errors.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { measureOperations } from '../telemetry/operations.ts'

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
    application_name: 'observable-mcp-server',
  })
  // A connection that breaks while idle is reported here; without a listener it would end the process.
  pool.on('error', (error) => logger.warn('idle postgres connection lost', { function: 'onError', error }))
  // Cancelling needs a way past the statements it is to cancel, even when they hold every connection.
  const cancelPool = new pg.Pool({ ...pool.options, max: 2, idleTimeoutMillis: 1_000 })
  cancelPool.on('error', (error) =>
    logger.debug('idle postgres connection lost', { function: 'onError', error }),
  )

  metrics.onRead(() => {
    metrics.set('mcp_pg_pool_max', {}, maxConnections)
    metrics.set('mcp_pg_pool_connections', { state: 'idle' }, pool.idleCount)
    metrics.set('mcp_pg_pool_connections', { state: 'used' }, pool.totalCount - pool.idleCount)
    metrics.set('mcp_pg_pool_connections', { state: 'waiting' }, pool.waitingCount)
  })
  const measured = measureOperations(metrics, 'database')

  /** Lends a connection to `work`; aborting the signal cancels the statement it is waiting for. */
  async function withConnection<T>(
    work: (connection: Queryable) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    signal?.throwIfAborted()
    const client = await measured('acquire', () => pool.connect()).catch((error: unknown) => {
      throw toDatabaseError(error)
    })
    let broken = false
    let cancelling: Promise<unknown> | undefined
    const cancel = () => {
      cancelling = cancelPool
        .query('select pg_cancel_backend($1)', [processIdOf(client)])
        .catch((error: unknown) => {
          logger.warn('a statement could not be cancelled', { function: 'cancel', error })
        })
    }
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      return await work({
        async query(sql, values = []) {
          try {
            return (await measured(operationOf(sql), () => client.query(sql, [...values]))).rows
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
      await Promise.all([pool.end(), cancelPool.end()])
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

/** Whatever is no answer of Postgres came from the socket; a fatal answer is the last one on its connection. */
const endsConnection = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || error.severity === 'FATAL'

/** SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function toDatabaseError(error: unknown): unknown {
  const state = error instanceof pg.DatabaseError ? (error.code ?? '') : 'socket'
  if (state === '57014') {
    return new AppError('timeout', 'The document store took too long to answer; try a narrower request.', {
      cause: error,
    })
  }
  if (state === '22021' || state === '22P05') {
    return new AppError('invalid_arguments', 'The text must not contain a NUL character.', { cause: error })
  }
  if (state === '54000') {
    return new AppError('invalid_arguments', 'The text is too long or too complex to be indexed.', {
      cause: error,
    })
  }
  if (/^(08|53|57|58|socket)/.test(state)) {
    return new AppError(
      'unavailable',
      'The document store cannot be reached right now; try again in a moment.',
      { cause: error },
    )
  }
  return error
}
