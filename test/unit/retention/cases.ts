import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { trace } from '@opentelemetry/api'
import { tracing } from '@opentelemetry/sdk-node'
import { trackOpenResponses } from '../../../src/http/server/open-responses.ts'
import { ShortLivedMap } from '../../../src/lib/short-lived.ts'
import { createSingleFlight } from '../../../src/lib/single-flight.ts'
import { createUnreadOutputLimit } from '../../../src/mcp/admission/unread-output.ts'
import { createCancellations } from '../../../src/mcp/cancellation.ts'
import { createStreamKeepAlive } from '../../../src/mcp/sdk/stream-keep-alive.ts'
import { createShares } from '../../../src/postgres/shares.ts'
import { createLabels } from '../../../src/telemetry/metrics/labels.ts'
import { createObserver, type Observer } from '../../../src/telemetry/observer.ts'
import { createSpanSink } from '../../../src/telemetry/trace/span-sink.ts'
import { arrivedMessage } from '../../support/telemetry-fixtures.ts'

/** Starts something that holds the payload. @returns what ends it */
export type Begin = (payload: object) => () => unknown

const messagesOf =
  (observer: Observer): Begin =>
  (payload) => {
    const record = observer.start(arrivedMessage({ arguments: payload }))
    return () => observer.end(record)
  }

const responseWith = (payload: object) =>
  Object.assign(new EventEmitter(), { destroyed: false, writableLength: 0, payload })

/** Shows that the measurement can fail. */
export const control = 'a plain Set'

/** What keeps track of calls as long as the server runs. */
export const cases: Readonly<Record<string, () => Begin>> = {
  [control]: () => {
    const set = new Set()
    return (payload) => {
      set.add(payload)
      return () => set.delete(payload)
    }
  },
  'a map of keys': () => {
    const map = new ShortLivedMap<number, object>()
    let key = 0
    return (payload) => {
      const own = key++
      map.set(own, payload)
      return () => map.delete(own)
    }
  },
  'the keep-alive of streams': () => {
    const keepAlive = createStreamKeepAlive()
    return (payload) => keepAlive.keep({ writableNeedDrain: false, write: () => true, ...{ payload } })
  },
  'cancellations of the 2025 revisions': () => {
    const cancellations = createCancellations({ onMessage: () => undefined, send: () => undefined } as never)
    let id = 0
    return (payload) =>
      cancellations.track({ owner: 'caller', id: 'session' }, ++id, () => assert.fail(String(payload)))
  },
  'shared computations': () => {
    const { join } = createSingleFlight({ timeoutMs: 60_000, operation: 'work' })
    let key = 0
    return (payload) => {
      let finish: (result: object) => void = () => undefined
      const work = new Promise((resolve) => {
        finish = resolve
      })
      const subscriber = { signal: new AbortController().signal, progress: async () => undefined }
      const result = join(String(++key), subscriber, () => work)
      return () => {
        finish(payload)
        return result
      }
    }
  },
  'the wait for a connection': () => {
    const shares = createShares(1, 0)
    shares.take({ owner: 'caller', reserved: false })
    return (payload) => {
      const gone = new AbortController()
      const taking = { owner: 'caller', reserved: false, payload }
      const wait = shares.wait(taking, gone.signal).catch(() => undefined)
      return () => {
        gone.abort()
        return wait
      }
    }
  },
  'the observer': () => messagesOf(createObserver([])),
  'the span sink': () => {
    trace.setGlobalTracerProvider(new tracing.BasicTracerProvider())
    return messagesOf(createObserver([createSpanSink({ labels: createLabels({ tools: ['search'] }) })]))
  },
  'the open responses of connections': () => {
    const server = new EventEmitter()
    trackOpenResponses(server as never)
    const sockets = [{}, {}]
    let requests = 0
    return (payload) => {
      const res = responseWith(payload)
      server.emit('request', { socket: sockets[requests++ % sockets.length] }, res)
      return () => res.emit('close')
    }
  },
  'the limit of unread output': () => {
    const admit = createUnreadOutputLimit()
    let requests = 0
    return (payload) => {
      const res = responseWith(payload)
      const request = requests++
      // One always has open responses, the others mostly have none.
      admit({ res, owner: request % 2 ? 'busy' : `owner ${request % 30}` } as never)
      return () => res.emit('close')
    }
  },
}
