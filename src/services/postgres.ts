import pg from 'pg'
import { AppError } from '../errors.ts'
import type { Logger } from '../telemetry/logger.ts'

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

/** How long a caller waits for a connection before the database counts as unavailable. */
const acquireTimeoutMs = 1_500
/** The server's own bound on a statement; tools have shorter ones. */
const defaultStatementTimeoutMs = 15_000

export interface DatabaseOptions {
  readonly url: string
  readonly logger: Logger
  readonly statementTimeoutMs?: number
}

export function createDatabase({
  url,
  logger,
  statementTimeoutMs = defaultStatementTimeoutMs,
}: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: acquireTimeoutMs,
    statement_timeout: statementTimeoutMs,
    application_name: 'observable-mcp-server',
  })
  // A connection that breaks while idle is reported here; without a listener it would end the process.
  pool.on('error', (error) => logger.warn('idle postgres connection lost', { error }))

  async function withClient<T>(
    work: (client: pg.PoolClient) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    signal?.throwIfAborted()
    const client = await pool.connect().catch((error: unknown) => {
      throw toDatabaseError(error)
    })
    let cancelling: Promise<unknown> | undefined
    const cancel = () => {
      cancelling = pool
        .query('select pg_cancel_backend($1)', [(client as unknown as { processID: number }).processID])
        .catch((error: unknown) => {
          logger.warn('a statement could not be cancelled', { error })
        })
    }
    signal?.addEventListener('abort', cancel, { once: true })
    let broken = false
    try {
      return await work(client)
    } catch (error) {
      broken = !isServerError(error) && !(error instanceof AppError)
      throw signal?.aborted ? signal.reason : toDatabaseError(error)
    } finally {
      signal?.removeEventListener('abort', cancel)
      // The connection goes back only after the cancel request was delivered, so that it can't hit the next user.
      await cancelling
      client.release(broken)
    }
  }

  return {
    query: (sql, values = [], { signal } = {}) =>
      withClient(async (client) => (await client.query(sql, values as unknown[])).rows, signal),

    transaction: (work, { signal } = {}) =>
      withClient(async (client) => {
        await client.query('begin')
        try {
          const result = await work({
            query: async (sql, values = []) => (await client.query(sql, values as unknown[])).rows,
          })
          signal?.throwIfAborted()
          await client.query('commit')
          return result
        } catch (error) {
          await client.query('rollback').catch(() => undefined)
          throw error
        }
      }, signal),

    close: () => pool.end(),
  }
}

const isServerError = (error: unknown): error is pg.DatabaseError => error instanceof pg.DatabaseError

/** SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function toDatabaseError(error: unknown): unknown {
  if (error instanceof AppError) return error
  if (!isServerError(error)) {
    if (error instanceof Error)
      return new AppError(
        'unavailable',
        'The document store cannot be reached right now; try again in a moment.',
        { cause: error },
      )
    return error
  }
  const state = error.code ?? ''
  if (state === '57014')
    return new AppError('timeout', 'The document store took too long to answer; try a narrower request.', {
      cause: error,
    })
  if (state === '54000')
    return new AppError('invalid_arguments', 'The text is too long or too complex to be indexed.', {
      cause: error,
    })
  if (/^(08|53|57|58)/.test(state))
    return new AppError(
      'unavailable',
      'The document store is not able to answer right now; try again in a moment.',
      { cause: error },
    )
  return error
}
