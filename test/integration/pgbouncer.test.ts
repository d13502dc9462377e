import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { AppError } from '../../src/errors.ts'
import { createDatabase, type Database } from '../../src/postgres/database.ts'
import { afterFile } from '../support/cleanup.ts'
import { openTestDatabase } from '../support/database.ts'
import { silentLogger } from '../support/logger.ts'
import { pgbouncerMissing, startPgbouncer } from '../support/pgbouncer.ts'
import { noopMetrics } from '../support/telemetry-fixtures.ts'
import { until } from '../support/until.ts'

describe('the database behind PgBouncer with transaction pooling', { skip: pgbouncerMissing }, () => {
  const poolSize = 3
  let direct: Database
  let pooled: Database
  before(async () => {
    const database = await openTestDatabase()
    direct = database
    pooled = createDatabase({
      url: await startPgbouncer(database.url, poolSize),
      logger: silentLogger,
      metrics: noopMetrics,
    })
    afterFile(() => pooled.close())
  })

  const cancelled = () => new AppError('cancelled', 'aborted')

  async function untilSleeping(count: number): Promise<void> {
    const sql = `select from pg_stat_activity
      where query like 'select pg_sleep(50)%' and state = 'active' and datname = current_database()`
    await until(async () => (await direct.query(sql)).length === count)
  }

  it('cancels the statement in Postgres when the caller aborts', { timeout: 30_000 }, async () => {
    const caller = new AbortController()
    const sleepers = Array.from({ length: poolSize }, () =>
      pooled.query('select pg_sleep(50)', [], { signal: caller.signal }),
    )
    const settled = Promise.allSettled(sleepers)
    await untilSleeping(poolSize)
    caller.abort(cancelled())
    await settled
    await untilSleeping(0)
    assert.deepEqual(await pooled.query('select 1 as one'), [{ one: 1 }])
  })

  it('cancels no statement of another caller', { timeout: 60_000 }, async () => {
    const results = Array.from({ length: 200 }, async (_, n) => {
      if (n % 4 > 0) {
        // Each statement waits for one of few connections, so retry as a client does.
        for (let attempt = 1; ; attempt++) {
          const rows = await pooled.query('select $1::int as n from pg_sleep(0.002)', [n]).catch((error) => {
            if (error.code !== 'unavailable' || attempt === 20) throw error
          })
          if (rows === undefined) continue
          assert.deepEqual(rows, [{ n }])
          return
        }
      }
      const caller = new AbortController()
      setTimeout(() => caller.abort(cancelled()), n * 5)
      const rejected = pooled.query('select pg_sleep(50)', [], { signal: caller.signal })
      await assert.rejects(rejected, { code: 'cancelled' })
    })
    await Promise.all(results)
    await untilSleeping(0)
  })

  it('keeps transactions on one connection', async () => {
    await pooled.query('create table counts (n int)')
    const counts = Array.from({ length: 50 }, (_, n) =>
      pooled
        .transaction(async (transaction) => {
          await transaction.query('insert into counts values ($1)', [n])
          if (n % 2 > 0) throw cancelled()
        })
        .catch(() => undefined),
    )
    await Promise.all(counts)
    assert.deepEqual(await pooled.query('select count(*)::int as count, max(n) from counts'), [
      { count: 25, max: 48 },
    ])
  })
})
