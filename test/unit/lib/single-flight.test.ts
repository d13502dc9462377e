import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../../src/errors.ts'
import { createSingleFlight, type FlightContext } from '../../../src/lib/single-flight.ts'
import { withResolvers } from '../../support/with-resolvers.ts'

const createFlights = (timeoutMs = 10_000) => createSingleFlight({ timeoutMs, operation: 'search' })
const subscriber = (signal = new AbortController().signal) => ({ signal, progress: async () => undefined })

/** A computation that the test settles. */
function createComputation() {
  const { promise, resolve, reject } = withResolvers<string>()
  const starts: FlightContext[] = []
  const run = (context: FlightContext) => {
    starts.push(context)
    return promise
  }
  return { starts, resolve, reject, run }
}

describe('createSingleFlight', () => {
  it('runs one computation for concurrent subscribers and a new one for a later subscriber', async () => {
    const flights = createFlights()
    const { starts, resolve, run } = createComputation()
    const answers = Array.from({ length: 100 }, () => flights.join('k', subscriber(), run))
    const other = flights.join('other', subscriber(), async () => 'other')
    resolve('answer')
    assert.deepEqual(new Set(await Promise.all(answers)), new Set(['answer']))
    assert.equal(await other, 'other')
    assert.equal(starts.length, 1)
    assert.equal(await flights.join('k', subscriber(), async () => 'second'), 'second')
  })

  it('continues for the other subscribers when the first one aborts', async () => {
    const flights = createFlights()
    const { starts, resolve, run } = createComputation()
    const first = new AbortController()
    const gone = flights.join('k', subscriber(first.signal), run)
    const remaining = flights.join('k', subscriber(), run)
    first.abort(new AppError('cancelled', 'The call was cancelled.'))
    await assert.rejects(gone, { code: 'cancelled' })
    assert.equal(starts[0]?.signal.aborted, false)
    resolve('answer')
    assert.equal(await remaining, 'answer')
  })

  it('aborts when the last subscriber leaves and accepts no further subscriber', async () => {
    const flights = createFlights()
    const { starts, run } = createComputation()
    const callers = [new AbortController(), new AbortController()]
    const gone = callers.map(({ signal }) => flights.join('k', subscriber(signal), run))
    for (const caller of callers) caller.abort(new AppError('timeout', 'too late'))
    for (const call of gone) await assert.rejects(call, { code: 'timeout' })
    assert.equal(starts[0]?.signal.aborted, true)
    assert.equal(await flights.join('k', subscriber(), async () => 'second'), 'second')
  })

  it('rejects all subscribers on a failure and does not keep it', async () => {
    const flights = createFlights()
    const { reject, run } = createComputation()
    const calls = Array.from({ length: 5 }, () => flights.join('k', subscriber(), run))
    reject(new AppError('unavailable', 'down'))
    for (const call of calls) await assert.rejects(call, { code: 'unavailable' })
    assert.equal(await flights.join('k', subscriber(), async () => 'second'), 'second')
  })

  it('times out after the timeout of one call, regardless of later subscribers', async ({ mock }) => {
    mock.timers.enable({ apis: ['setTimeout'] })
    mock.method(performance, 'now', () => 0)
    const flights = createFlights(20)
    const codes: string[] = []
    const join = () =>
      flights
        .join('k', subscriber(), () => new Promise(() => {}))
        .catch(({ code }: AppError) => codes.push(code))
    join()
    mock.timers.tick(15)
    join()
    mock.timers.tick(4)
    await nextTurn()
    assert.deepEqual(codes, [])
    mock.timers.tick(1)
    await nextTurn()
    assert.deepEqual(codes, ['timeout', 'timeout'])
  })

  it('starts no computation for an aborted signal', async () => {
    const { starts, run } = createComputation()
    await assert.rejects(
      createFlights().join('k', subscriber(AbortSignal.abort(new Error('gone'))), run),
      /gone/,
    )
    assert.equal(starts.length, 0)
  })

  it('reports progress to subscribers until they leave', async () => {
    const flights = createFlights()
    const { starts, resolve, run } = createComputation()
    const reports: string[] = []
    const namedSubscriber = (name: string, signal = new AbortController().signal) => ({
      signal,
      progress: async (done: number) => void reports.push(`${name} ${done}`),
    })
    const leaver = new AbortController()
    const calls = [namedSubscriber('a', leaver.signal), namedSubscriber('b')].map((one) =>
      flights.join('k', one, run),
    )
    await starts[0]?.progress(1)
    leaver.abort(new Error('gone'))
    await assert.rejects(calls[0] as Promise<string>)
    await nextTurn()
    await starts[0]?.progress(2)
    resolve('answer')
    await calls[1]
    assert.deepEqual(reports, ['a 1', 'b 1', 'b 2'])
  })
})
