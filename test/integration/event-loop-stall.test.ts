import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import { withDeadline } from '../../src/lib/deadline.ts'
import { openTestDatabase } from '../support/database.ts'

/** Blocks the event loop where due timers run before sockets are read: after the handling of a request, say. */
async function block(ms: number): Promise<void> {
  await setImmediate()
  const untilMs = performance.now() + ms
  while (performance.now() < untilMs);
}

describe('withDeadline', () => {
  it('rejects work that takes longer, with a message that names it', async () => {
    await assert.rejects(
      withDeadline({ timeoutMs: 20, operation: 'search' }, () => delay(5_000, undefined, { ref: false })),
      {
        code: 'timeout',
        message: /^search did not finish within 0\.02 s/,
      },
    )
  })

  it('accepts an answer that arrived in time but was read late, because the event loop was blocked', async () => {
    const database = await openTestDatabase()
    await database.query('select 1')
    const answer = withDeadline({ timeoutMs: 1_000, operation: 'the query' }, () =>
      database.query<{ one: string }>("select 'slept' || pg_sleep(0.2) as one"),
    )
    await delay(100)
    await block(3_000)
    assert.deepEqual(await answer, [{ one: 'slept' }])
  })
})
