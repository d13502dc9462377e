import { AsyncResource } from 'node:async_hooks'
import pg from 'pg'
import { service } from '../config/package.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { Logger } from '../telemetry/log/logger.ts'

export interface PoolOptions {
  readonly url: string
  readonly max: number
  readonly connectTimeoutMs: number
  readonly statementTimeoutMs: number
  /** Age at which a connection is replaced, less up to a fifth: behind a proxy, only new ones reach a new primary. */
  readonly maxAgeMs: number
  readonly logger: Logger
}

/**
 * For a server that cannot report its own statement timeout. The driver's timer does not know that the event loop was
 * blocked, so this margin covers a stall of a few seconds.
 */
const queryTimeoutMarginMs = 5_000

export interface Pool extends Pick<pg.Pool, 'idleCount' | 'end'> {
  connect(): Promise<pg.PoolClient>
  /** Replaces all present connections when they are needed next. */
  renew(): void
}

export function createPool(options: PoolOptions): Pool {
  const { url, max, connectTimeoutMs, statementTimeoutMs, maxAgeMs, logger } = options
  // Different ages, so that connections are not replaced all at once.
  const lifetimeSeconds = () => (maxAgeMs / 1_000) * (1 - Math.random() / 5)
  const pool = new pg.Pool({
    Client: clientWithTimeout(connectTimeoutMs),
    connectionString: url,
    max,
    maxLifetimeSeconds: lifetimeSeconds(),
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + queryTimeoutMarginMs,
    application_name: service.name,
  })
  // Idle connections report errors here; an unhandled 'error' event would end the process.
  // Bound, because a socket's events run in the context of the call that opened it, whose trace they do not belong to.
  pool.on(
    'error',
    AsyncResource.bind((error: Error) => {
      logger.warn('idle postgres connection lost', { function: 'onError', error })
    }),
  )
  const connectedAtMs = new WeakMap<pg.PoolClient, number>()
  let renewedAtMs = 0
  pool.on('connect', (client) => {
    connectedAtMs.set(client, performance.now())
    pool.options.maxLifetimeSeconds = lifetimeSeconds()
  })
  return {
    get idleCount() {
      return pool.idleCount
    },
    async connect() {
      for (;;) {
        const client = await pool.connect()
        if ((connectedAtMs.get(client) ?? 0) >= renewedAtMs) return client
        client.release(true)
      }
    },
    renew() {
      renewedAtMs = performance.now()
    },
    end: pool.end.bind(pool) as pg.Pool['end'],
  }
}

type Callback = (error: Error | null, client?: pg.Client) => void

/** The driver's connection timeout would also drop connections that completed while the event loop was blocked. */
const clientWithTimeout = (timeoutMs: number) =>
  class extends pg.Client {
    override connect(): Promise<pg.Client>
    override connect(callback: Callback): void
    override connect(callback?: Callback): unknown {
      // A connected client emits 'error' when it has no query; its next query reports it. From the beginning, because
      // the connection may be lost before the pool knows that it is made.
      this.on('error', () => undefined)
      const connected = withDeadline(
        { timeoutMs, graceMs: timeoutMs, operation: 'Connecting to Postgres' },
        (expired) => {
          const { connection } = this as unknown as { connection: pg.Connection }
          expired.addEventListener('abort', () => connection.stream.destroy())
          return super.connect()
        },
      )
      return callback ? connected.then(() => callback(null, this), callback) : connected
    }
  }
