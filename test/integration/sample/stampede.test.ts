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
import type { Database } from '../../../src/postgres/database.ts'
import { type Cache, createCache } from '../../../src/redis/cache.ts'
import { becomesReady, closeRedis, createRedis } from '../../../src/redis/client.ts'
import search from '../../../src/tools/search.tool.ts'
import { afterFile } from '../../support/cleanup.ts'
import { openTestDatabase } from '../../support/database.ts'
import { silentLogger } from '../../support/logger.ts'
import { startTestRedis } from '../../support/redis.ts'
import { arrivedMessage, noopMetrics } from '../../support/telemetry-fixtures.ts'

interface Answer {
  readonly results: readonly { id: string }[]
}

describe('a stampede of equal calls', () => {
  let call: OperationCall
  let cache: Cache
  let services: CallContext['services']
  /** How many searches the database was sent, and what each one waits for before it is sent. */
  let searches = 0
  let gate: Promise<unknown> = Promise.resolve()

  before(async () => {
    const database = await openTestDatabase()
    const counted: Database = {
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
    await becomesReady(redis, 2_000)
    cache = createCache({ redis, logger: silentLogger, metrics: noopMetrics })
    const documents = createDocumentStore({ database: counted, publicUrl: 'https://mcp.example.org' })
    services = { documents } as CallContext['services']
    call = composeCall([limitTime, validateInput, useCache(cache), validateOutput], search)
  })

  const context = (signal = new AbortController().signal): CallContext => ({
    services,
    signal,
    progress: async () => undefined,
    caller: { id: 'somebody', scopes: 'all' },
    record: { ...arrivedMessage(), startedAtMs: 0 },
  })
  const ask = (query: string, signal?: AbortSignal) => call({ query }, context(signal)) as Promise<Answer>
  const crowd = (query: string, count = 100) => Array.from({ length: count }, () => ask(query))

  it('makes one query, and gives all callers its answer', async () => {
    searches = 0
    const answers = await Promise.all(crowd('circuit breaker'))
    assert.equal(searches, 1)
    assert.ok((answers[0]?.results.length ?? 0) > 0)
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    await ask('circuit breaker')
    assert.equal(searches, 1)
  })

  it('answers the others when one has gone', async () => {
    const held = hold()
    searches = 0
    const leaver = new AbortController()
    const gone = ask('redis', leaver.signal)
    const others = crowd('redis', 20)
    await held.reached
    leaver.abort()
    await assert.rejects(gone, { code: 'cancelled' })
    held.release()
    for (const { results } of await Promise.all(others)) assert.ok(results.length > 0)
    assert.equal(searches, 1)
  })

  it('fails for all when the query fails, and asks again afterwards', async () => {
    const held = hold()
    searches = 0
    const calls = crowd('postgres', 20)
    await held.reached
    held.fail(new Error('broken'))
    for (const one of calls) await assert.rejects(one, /broken/)
    gate = Promise.resolve()
    assert.ok((await ask('postgres')).results.length > 0)
    assert.equal(searches, 2)
  })

  it('puts nobody on a query that began before the documents changed', async () => {
    const held = hold()
    searches = 0
    const early = ask('latency')
    await held.reached
    await cache.invalidate('resources')
    const late = ask('latency')
    await reached(2)
    held.release()
    await Promise.all([early, late])
    assert.equal(searches, 2)
  })

  async function reached(count: number): Promise<void> {
    for (let turn = 0; searches < count && turn < 500; turn++) await delay(5)
    assert.ok(searches >= count, `${searches} instead of ${count} queries came`)
  }

  /** Keeps queries from being sent until it is told what becomes of them. */
  function hold(): { reached: Promise<void>; release: () => void; fail: (error: Error) => void } {
    let release = () => {}
    let fail = (_error: Error) => {}
    gate = new Promise<void>((resolve, reject) => {
      release = resolve
      fail = reject
    })
    gate.catch(() => undefined)
    searches = 0
    const held = (async () => {
      await reached(1)
      // The rest of a crowd arrives at the cache in the same moment; it has joined when its look-up is done.
      await delay(50)
    })()
    return { reached: held, release, fail }
  }
})
