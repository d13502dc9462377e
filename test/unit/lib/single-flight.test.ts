import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../../src/errors.ts'
import { createSingleFlight, type FlightContext } from '../../../src/lib/single-flight.ts'

const flightsOf = (timeoutMs = 10_000) => createSingleFlight({ timeoutMs, operation: 'search' })
const waiter = (signal = new AbortController().signal) => ({ signal, progress: async () => undefined })

/** Work that ends when the test says so. */
function work() {
  const { promise, resolve, reject } = withResolvers<string>()
  const starts: FlightContext[] = []
  const run = (context: FlightContext) => {
    starts.push(context)
    return promise
  }
  return { starts, resolve, reject, run }
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((...settle) => {
    resolve = settle[0]
    reject = settle[1]
  })
  return { promise, resolve, reject }
}

describe('flights', () => {
  it('do the work once for all who ask meanwhile, and again for who asks later', async () => {
    const flights = flightsOf()
    const { starts, resolve, run } = work()
    const answers = Array.from({ length: 100 }, () => flights.join('k', waiter(), run))
    const other = flights.join('other', waiter(), async () => 'other')
    resolve('answer')
    assert.deepEqual(new Set(await Promise.all(answers)), new Set(['answer']))
    assert.equal(await other, 'other')
    assert.equal(starts.length, 1)
    assert.equal(await flights.join('k', waiter(), async () => 'anew'), 'anew')
  })

  it('go on for the others when one who waits has gone, even the one who began', async () => {
    const flights = flightsOf()
    const { starts, resolve, run } = work()
    const first = new AbortController()
    const gone = flights.join('k', waiter(first.signal), run)
    const stays = flights.join('k', waiter(), run)
    first.abort(new AppError('cancelled', 'The call was cancelled.'))
    await assert.rejects(gone, { code: 'cancelled' })
    assert.equal(starts[0]?.signal.aborted, false)
    resolve('answer')
    assert.equal(await stays, 'answer')
  })

  it('are aborted when the last one has gone, and nobody new is put on them', async () => {
    const flights = flightsOf()
    const { starts, run } = work()
    const callers = [new AbortController(), new AbortController()]
    const gone = callers.map(({ signal }) => flights.join('k', waiter(signal), run))
    for (const caller of callers) caller.abort(new AppError('timeout', 'too late'))
    for (const call of gone) await assert.rejects(call, { code: 'timeout' })
    assert.equal(starts[0]?.signal.aborted, true)
    assert.equal(await flights.join('k', waiter(), async () => 'anew'), 'anew')
  })

  it('give a failure to all who wait and do not keep it', async () => {
    const flights = flightsOf()
    const { reject, run } = work()
    const calls = Array.from({ length: 5 }, () => flights.join('k', waiter(), run))
    reject(new AppError('unavailable', 'down'))
    for (const call of calls) await assert.rejects(call, { code: 'unavailable' })
    assert.equal(await flights.join('k', waiter(), async () => 'anew'), 'anew')
  })

  it('end when the time of one call is up, whoever has joined since', async () => {
    const flights = flightsOf(20)
    const calls = [waiter(), waiter()].map((one) => flights.join('k', one, () => new Promise(() => {})))
    for (const call of calls) await assert.rejects(call, { code: 'timeout' })
  })

  it('start nothing for a caller who has gone already', async () => {
    const { starts, run } = work()
    await assert.rejects(flightsOf().join('k', waiter(AbortSignal.abort(new Error('gone'))), run), /gone/)
    assert.equal(starts.length, 0)
  })

  it('tell everybody who waits of progress, and nobody who has gone', async () => {
    const flights = flightsOf()
    const { starts, resolve, run } = work()
    const told: string[] = []
    const listener = (name: string, signal = new AbortController().signal) => ({
      signal,
      progress: async (done: number) => void told.push(`${name} ${done}`),
    })
    const leaver = new AbortController()
    const calls = [listener('a', leaver.signal), listener('b')].map((one) => flights.join('k', one, run))
    await starts[0]?.progress(1)
    leaver.abort(new Error('gone'))
    await assert.rejects(calls[0] as Promise<string>)
    await nextTurn()
    await starts[0]?.progress(2)
    resolve('answer')
    await calls[1]
    assert.deepEqual(told, ['a 1', 'b 1', 'b 2'])
  })
})
