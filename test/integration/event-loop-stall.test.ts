import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import { withDeadline } from '../../src/lib/deadline.ts'
import { blockEventLoop } from '../support/block-event-loop.ts'
import { openTestDatabase } from '../support/database.ts'

describe('withDeadline', () => {
  it('rejects with timeout and the name of the operation when it takes too long', async () => {
    await assert.rejects(
      withDeadline({ timeoutMs: 20, operation: 'search' }, () => delay(5_000, undefined, { ref: false })),
      {
        code: 'timeout',
        message: /^search did not finish within 0\.02 s/,
      },
    )
  })

  it('accepts a response that arrived in time but was read late because of a blocked event loop', async () => {
    const database = await openTestDatabase()
    await database.query('select 1')
    const answer = withDeadline({ timeoutMs: 1_000, operation: 'the query' }, () =>
      database.query<{ one: string }>("select 'slept' || pg_sleep(0.2) as one"),
    )
    await delay(100)
    await blockEventLoop(3_000)
    assert.deepEqual(await answer, [{ one: 'slept' }])
  })
})

describe('the database', () => {
  it('loses no statement to a blocked event loop: running, waiting for a connection or connecting', async () => {
    const [busy, unconnected] = await Promise.all([openTestDatabase(), openTestDatabase()])
    const statements = Array.from({ length: 30 }, () => busy.query('select pg_sleep(0.2)'))
    // The first ones run now, and the others wait.
    await delay(100)
    statements.push(...Array.from({ length: 5 }, () => unconnected.query('select 1')))
    const settled = Promise.allSettled(statements)
    await blockEventLoop(3_000)
    const failures = (await settled).filter(({ status }) => status === 'rejected')
    assert.deepEqual(failures, [])
  })

  it('takes an answer to its liveness probe that is read late', async () => {
    const database = await openTestDatabase()
    await database.ping()
    const pinged = database.ping()
    await setImmediate()
    await blockEventLoop(3_000)
    await pinged
  })
})
