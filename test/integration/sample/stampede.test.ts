import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createDocumentStore } from '../../../src/documents/store.ts'
import { limitTime } from '../../../src/mcp/pipeline/limit-time.ts'
import type { OperationCall } from '../../../src/mcp/pipeline/pipeline.ts'
import { type CallContext, composeCall } from '../../../src/mcp/pipeline/pipeline.ts'
import { useCache } from '../../../src/mcp/pipeline/use-cache.ts'
import { validateInput } from '../../../src/mcp/pipeline/validate-input.ts'
import { validateOutput } from '../../../src/mcp/pipeline/validate-output.ts'
import { createCallContext } from '../../../src/mcp/register/call-context.ts'
import type { Database } from '../../../src/postgres/database.ts'
import { type Cache, createCache } from '../../../src/redis/cache.ts'
import { closeRedis, createRedis, waitUntilReady } from '../../../src/redis/client.ts'
import searchTool from '../../../src/tools/search.tool.ts'
import { afterFile } from '../../support/cleanup.ts'
import { openTestDatabase } from '../../support/database.ts'
import { silentLogger } from '../../support/logger.ts'
import { startTestRedis } from '../../support/redis.ts'
import { arrivedMessage, noopMetrics } from '../../support/telemetry-fixtures.ts'

interface Answer {
  readonly results: readonly { id: string }[]
}

describe('concurrent equal calls', () => {
  let call: OperationCall
  let cache: Cache
  let services: CallContext['services']
  /** Searches that reached the database. */
  let searches = 0
  /** Each search waits for this before it is sent. */
  let gate: Promise<unknown> = Promise.resolve()

  before(async () => {
    const database = await openTestDatabase()
    const countingDatabase: Database = {
      ...database,
      async query(sql, values, options) {
        searches++
        await gate
        return database.query(sql, values, options)
      },
    }
    const redis = createRedis({
      url: (await startTestRedis()).url,
      logger: silentLogger,
      metrics: noopMetrics,
    })
    afterFile(() => closeRedis(redis))
    await waitUntilReady(redis, 2_000)
    cache = createCache({ redis, logger: silentLogger })
    const documents = createDocumentStore({
      database: countingDatabase,
      publicUrl: 'https://mcp.example.org',
    })
    services = { documents } as CallContext['services']
    call = composeCall([limitTime, validateInput, useCache(cache), validateOutput], searchTool)
  })

  const context = (signal = new AbortController().signal): CallContext =>
    createCallContext(
      { services, caller: { id: 'caller', scopes: 'all' }, logger: silentLogger },
      { ...arrivedMessage(), startedAtMs: 0 },
      signal,
    )
  const search = (query: string, signal?: AbortSignal) => call({ query }, context(signal)) as Promise<Answer>
  const searchMany = (query: string, count = 100) => Array.from({ length: count }, () => search(query))

  it('share one query and its result', async () => {
    searches = 0
    const answers = await Promise.all(searchMany('circuit breaker'))
    assert.equal(searches, 1)
    assert.ok((answers[0]?.results.length ?? 0) > 0)
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    await search('circuit breaker')
    assert.equal(searches, 1)
  })

  it('still get the result when one subscriber aborts', async () => {
    const held = holdQueries()
    searches = 0
    const aborting = new AbortController()
    const aborted = search('redis', aborting.signal)
    const others = searchMany('redis', 20)
    await held.reached
    aborting.abort()
    await assert.rejects(aborted, { code: 'cancelled' })
    held.release()
    for (const { results } of await Promise.all(others)) assert.ok(results.length > 0)
    assert.equal(searches, 1)
  })

  it('all fail when the shared query fails, and the next call queries again', async () => {
    const held = holdQueries()
    searches = 0
    const calls = searchMany('postgres', 20)
    await held.reached
    held.fail(new Error('broken'))
    for (const one of calls) await assert.rejects(one, /broken/)
    gate = Promise.resolve()
    assert.ok((await search('postgres')).results.length > 0)
    assert.equal(searches, 2)
  })

  it('do not join a query that started before an invalidation', async () => {
    const held = holdQueries()
    searches = 0
    const early = search('latency')
    await held.reached
    await cache.invalidate('resources')
    const late = search('latency')
    await waitForSearches(2)
    held.release()
    await Promise.all([early, late])
    assert.equal(searches, 2)
  })

  async function waitForSearches(count: number): Promise<void> {
    for (let turn = 0; searches < count && turn < 500; turn++) await delay(5)
    assert.ok(searches >= count, `expected ${count} queries, got ${searches}`)
  }

  /** Holds queries back until they are released or failed. */
  function holdQueries(): { reached: Promise<void>; release: () => void; fail: (error: Error) => void } {
    let release = () => {}
    let fail = (_error: Error) => {}
    gate = new Promise<void>((resolve, reject) => {
      release = resolve
      fail = reject
    })
    gate.catch(() => undefined)
    searches = 0
    // The other calls read the cache in the same turn, so they have joined then.
    return { reached: waitForSearches(1), release, fail }
  }
})
