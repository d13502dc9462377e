import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { AppError, type ErrorCode } from '../../../src/errors.ts'
import { createWikipediaClient } from '../../../src/wikipedia/client.ts'
import { afterFile } from '../../support/cleanup.ts'
import { type FaultyApi, startFaultyApi } from '../../support/faulty-api.ts'
import { silentLogger as logger, recordingLogger } from '../../support/logger.ts'
import { noopMetrics as metrics } from '../../support/telemetry-fixtures.ts'
import { until } from '../../support/until.ts'

const failure = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code

describe('the Wikipedia client', () => {
  let api: FaultyApi
  before(async () => {
    api = await startFaultyApi()
    afterFile(() => api.stop())
  })
  beforeEach(() => {
    api.setFault(undefined)
    api.requests.length = 0
  })
  const client = () => createWikipediaClient({ baseUrl: api.url, userAgent: 'test/1.0', logger, metrics })

  it('sends its User-Agent and returns plain text with marked matches', async () => {
    const hits = await client().search('prometheus', { limit: 3 })
    assert.ok(hits.length > 0 && hits.length <= 3)
    for (const { title, url, snippet } of hits) {
      assert.ok(title !== '')
      assert.ok(url.startsWith(`${api.url}/wiki/`))
      assert.doesNotMatch(snippet, /<|&\w+;/)
    }
    assert.match(hits[0]?.snippet ?? '', /\*\*prometheus\*\*/i)
    assert.equal(api.requests[0]?.headers['user-agent'], 'test/1.0')
    assert.deepEqual(
      [api.requests[0]?.query.get('q'), api.requests[0]?.query.get('limit')],
      ['prometheus', '3'],
    )
  })

  it('encodes any query as one parameter', async () => {
    const query = 'a&limit=100#x?\'"<>%00/../é😀'
    await client().search(query, { limit: 1 })
    assert.equal(api.requests[0]?.query.get('q'), query)
    assert.equal(api.requests[0]?.query.get('limit'), '1')
  })

  it('retries once after a transient failure', async () => {
    for (const kind of ['error', 'garbage', 'reset', 'endless'] as const) {
      api.requests.length = 0
      api.setFault({ kind })
      await assert.rejects(client().search('x', { limit: 1 }), failure('upstream_error'), kind)
      assert.equal(api.requests.length, 2, kind)
    }
  })

  it('stops reading a response at 1 MB', async () => {
    api.setFault({ kind: 'endless' })
    await assert.rejects(client().search('x', { limit: 1 }), (error) =>
      /exceeds 1000000 bytes/.test(inspect(error, { depth: 4 })),
    )
  })

  it('follows no redirect', async () => {
    api.setFault({ kind: 'reply', status: 302, headers: { location: `${api.url}/elsewhere` } })
    await assert.rejects(client().search('x', { limit: 1 }), failure('upstream_error'))
    assert.deepEqual(
      api.requests.map(({ path }) => path),
      ['/w/rest.php/v1/search/page'],
    )
  })

  it('sends no request during the cool-down of Retry-After', async ({ mock }) => {
    let nowMs = 0
    mock.method(performance, 'now', () => nowMs)
    api.setFault({ kind: 'rate-limit', retryAfterSeconds: 7 })
    const throttled = client()
    await assert.rejects(throttled.search('x', { limit: 1 }), failure('upstream_error'))
    api.setFault(undefined)
    nowMs += 6_999
    await assert.rejects(throttled.search('x', { limit: 1 }), failure('unavailable'))
    await assert.rejects(throttled.ping(AbortSignal.timeout(1_000)), failure('unavailable'))
    assert.equal(api.requests.length, 1)
    nowMs += 1
    assert.ok(await throttled.search('x', { limit: 1 }))
  })

  it('sends no waiting call during a cool-down that began while it waited', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    api.setFault({ kind: 'error' })
    const broken = client()
    for (let tries = 0; tries < 3; tries++) await assert.rejects(broken.search('x', { limit: 1 }))
    t.mock.timers.tick(5_000)
    api.setFault({ kind: 'rate-limit', retryAfterSeconds: 30 })
    api.requests.length = 0
    const [first, second] = await Promise.allSettled(
      ['a', 'b'].map((query) => broken.search(query, { limit: 1 })),
    )
    assert.ok(first?.status === 'rejected' && failure('upstream_error')(first.reason))
    assert.ok(second?.status === 'rejected' && failure('unavailable')(second.reason))
    assert.equal(api.requests.length, 1)
  })

  it('sends no request after a 429 without Retry-After, or after another status with it', async ({
    mock,
  }) => {
    mock.method(performance, 'now', () => 0)
    const responses: [status: number, headers: Record<string, string>, advice: RegExp][] = [
      [429, {}, /rate limit reached; try again in 1 s/],
      [503, { 'retry-after': '30' }, /rate limit reached; try again in 30 s/],
    ]
    for (const [status, headers, advice] of responses) {
      api.requests.length = 0
      api.setFault({ kind: 'reply', status, headers })
      const throttled = client()
      await assert.rejects(throttled.search('x', { limit: 1 }), failure('upstream_error'))
      api.setFault(undefined)
      await assert.rejects(throttled.search('x', { limit: 1 }), { code: 'unavailable', message: advice })
      assert.equal(api.requests.length, 1, `${status}`)
    }
  })

  it('does not retry after a 4xx response', async () => {
    api.setFault({ kind: 'reply', status: 404, headers: {} })
    await assert.rejects(client().search('x', { limit: 1 }), failure('upstream_error'))
    assert.equal(api.requests.length, 1)
  })

  it('treats JSON of another form as a failure of the API', async () => {
    api.setFault({ kind: 'reply', status: 200, headers: {}, body: '{}' })
    await assert.rejects(client().search('x', { limit: 1 }), failure('upstream_error'))
    assert.equal(api.requests.length, 2)
    await assert.rejects(client().ping(AbortSignal.timeout(1_000)))
  })

  it('limits retries to one call in ten once the reserve of the retry budget is spent', async () => {
    const busy = client()
    // Every third call fails, so the circuit breaker stays closed and only the budget limits retries.
    for (let turn = 0; turn < 120; turn++) {
      api.setFault(turn % 3 === 0 ? { kind: 'error' } : undefined)
      await busy.search('x', { limit: 1 }).catch(() => undefined)
    }
    const retries = api.requests.length - 120
    assert.ok(retries >= 15 && retries <= 17, `${retries} retries`)
  })

  it('times out with upstream_error when no response arrives', async () => {
    api.setFault({ kind: 'frozen' })
    const startedAtMs = performance.now()
    await assert.rejects(client().search('x', { limit: 1 }), failure('upstream_error'))
    assert.ok(performance.now() - startedAtMs < 15_000)
  })

  it('sends no request while the circuit breaker is open', async () => {
    api.setFault({ kind: 'error' })
    const broken = client()
    // The third search's first attempt opens the breaker, which rejects its retry; the cause stays the API's failure.
    for (let tries = 0; tries < 3; tries++)
      await assert.rejects(broken.search('x', { limit: 1 }), failure('upstream_error'))
    const requests = api.requests.length
    await assert.rejects(broken.search('x', { limit: 1 }), failure('unavailable'))
    assert.equal(api.requests.length, requests)
  })

  it('logs an open circuit breaker, shows it as open for 5 s and then as half-open, and lets pings pass', async ({
    mock,
  }) => {
    let nowMs = 0
    mock.method(performance, 'now', () => nowMs)
    mock.method(Math, 'random', () => 0)
    // The breaker itself stays open.
    mock.timers.enable({ apis: ['Date'] })
    const { logger, lines } = recordingLogger()
    const shown = new Map<string | undefined, number>()
    const set = (_name: string, { state }: Record<string, string>, value: number) => shown.set(state, value)
    let collect = () => {}
    const broken = createWikipediaClient({
      baseUrl: api.url,
      userAgent: 'test/1.0',
      logger,
      metrics: {
        ...metrics,
        set: set as unknown as typeof metrics.set,
        onCollect: (callback) => {
          collect = callback
        },
      },
    })
    const states = () => {
      collect()
      return [...shown].filter(([, value]) => value === 1).map(([state]) => state)
    }
    api.setFault({ kind: 'error' })
    for (let tries = 0; tries < 3; tries++) await assert.rejects(broken.search('x', { limit: 1 }))
    api.setFault(undefined)
    await broken.ping(AbortSignal.timeout(10_000))
    await assert.rejects(broken.search('x', { limit: 1 }), failure('unavailable'))
    nowMs += 4_999
    assert.deepEqual(states(), ['open'])
    nowMs += 1
    assert.deepEqual(states(), ['half_open'])
    assert.deepEqual(
      lines.map(({ level, message, state }) => [level, message, state]),
      [['warn', 'circuit breaker changed state', 'open']],
    )
  })

  it('stays open when the caller of the half-open attempt leaves', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    api.setFault({ kind: 'error' })
    const broken = client()
    for (let tries = 0; tries < 3; tries++) await assert.rejects(broken.search('x', { limit: 1 }))
    t.mock.timers.tick(5_000)
    api.setFault({ kind: 'frozen' })
    const caller = new AbortController()
    const call = broken.search('x', { limit: 1, signal: caller.signal })
    setTimeout(() => caller.abort(new AppError('cancelled', 'gone')), 50)
    await assert.rejects(call, failure('cancelled'))
    const requests = api.requests.length
    await assert.rejects(broken.search('x', { limit: 1 }), failure('unavailable'))
    assert.equal(api.requests.length, requests)
  })

  it('stops with cancelled and without a retry when its caller aborts', async () => {
    api.setFault({ kind: 'frozen' })
    const caller = new AbortController()
    const call = client().search('x', { limit: 1, signal: caller.signal })
    await until(() => api.requests.length === 1)
    caller.abort(new AppError('cancelled', 'gone'))
    await assert.rejects(call, failure('cancelled'))
    assert.equal(api.requests.length, 1)
  })
})
