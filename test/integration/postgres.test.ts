import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError, type ErrorCode } from '../../src/errors.ts'
import { createDatabase, type Database } from '../../src/postgres/database.ts'
import { afterFile } from '../support/cleanup.ts'
import { openTestDatabase } from '../support/database.ts'
import { silentLogger } from '../support/logger.ts'
import { noopMetrics } from '../support/telemetry-fixtures.ts'

const failure = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code

describe('the database', () => {
  let database: Database & { url: string }
  before(async () => {
    database = await openTestDatabase()
  })
  const sleeping = async () =>
    (
      await database.query<{ count: number }>(
        `select count(*)::int as count from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'`,
      )
    )[0]?.count

  it('cancels the statement in Postgres when the caller aborts, even with an exhausted pool', {
    timeout: 10_000,
  }, async () => {
    const longTimeout = createDatabase({
      url: database.url,
      logger: silentLogger,
      metrics: noopMetrics,
      statementTimeoutMs: 60_000,
    })
    afterFile(() => longTimeout.close())
    const caller = new AbortController()
    const reason = new AppError('cancelled', 'aborted')
    const calls = Array.from({ length: 10 }, () =>
      longTimeout.query('select pg_sleep(50)', [], { signal: caller.signal }),
    )
    const settled = Promise.allSettled(calls)
    while ((await sleeping()) !== calls.length) await new Promise((resolve) => setTimeout(resolve, 10))
    caller.abort(reason)
    for (const result of await settled) assert.equal((result as PromiseRejectedResult).reason, reason)
    // pg_stat_activity shows the session as idle a moment after the cancelled statement returns.
    while ((await sleeping()) !== 0) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.deepEqual(await longTimeout.query('select 1 as one'), [{ one: 1 }])
  })

  it('rejects with cancelled when the signal is already aborted', async () => {
    await assert.rejects(
      database.query('select 1', [], { signal: AbortSignal.abort(new AppError('cancelled', 'aborted')) }),
      failure('cancelled'),
    )
  })

  it('rolls a transaction back when its callback fails or its caller aborts', async () => {
    await database.query('create table notes (text text)')
    await assert.rejects(
      database.transaction(async (transaction) => {
        await transaction.query(`insert into notes values ('a')`)
        throw new AppError('not_found', 'no')
      }),
      failure('not_found'),
    )
    const caller = new AbortController()
    await assert.rejects(
      database.transaction(
        async (transaction) => {
          await transaction.query(`insert into notes values ('b')`)
          caller.abort(new AppError('cancelled', 'aborted'))
        },
        { signal: caller.signal },
      ),
      failure('cancelled'),
    )
    assert.deepEqual(await database.query('select * from notes'), [])
    await database.transaction((transaction) => transaction.query(`insert into notes values ('c')`))
    assert.deepEqual(await database.query('select * from notes'), [{ text: 'c' }])
  })

  it('rejects with timeout when a statement exceeds the statement timeout', async () => {
    const shortTimeout = createDatabase({
      url: database.url,
      logger: silentLogger,
      metrics: noopMetrics,
      statementTimeoutMs: 50,
    })
    afterFile(() => shortTimeout.close())
    await assert.rejects(shortTimeout.query('select pg_sleep(5)'), failure('timeout'))
  })

  it('rejects with unavailable within 5 s when Postgres does not respond, without credentials or host in the error', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as { port: number }
    for (const url of [
      `postgres://app:hunter2@127.0.0.1:${port}/app`,
      'postgres://app:hunter2@127.0.0.1:1/app',
    ]) {
      const unreachable = createDatabase({ url, logger: silentLogger, metrics: noopMetrics })
      const startedAtMs = performance.now()
      await assert.rejects(
        unreachable.query('select 1'),
        (error: unknown) => failure('unavailable')(error) && !/hunter2|127\.0/.test(String(error)),
      )
      assert.ok(performance.now() - startedAtMs < 5_000)
      await unreachable.close()
    }
    silent.close()
  })

  it('reconnects after Postgres terminates a connection', async () => {
    await database.query('select 1')
    await assert.rejects(
      database.query('select pg_terminate_backend(pg_backend_pid())'),
      failure('unavailable'),
    )
    assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }])
  })

  it('survives the loss of a checked-out client between two statements', async () => {
    const transaction = database.transaction(async (transaction) => {
      const [own] = await transaction.query<{ pid: number }>('select pg_backend_pid() as pid')
      await database.query('select pg_terminate_backend($1)', [own?.pid])
      await delay(200)
      await transaction.query('select 1')
    })
    await assert.rejects(transaction, failure('unavailable'))
    assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }])
  })
})
