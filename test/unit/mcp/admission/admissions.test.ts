import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { anonymous, type Caller, ownerOf } from '../../../../src/auth/caller.ts'
import type { HttpRejection } from '../../../../src/http/reject.ts'
import type { Admission, EarlyAdmission } from '../../../../src/mcp/admission/admission.ts'
import { createLoadShedding } from '../../../../src/mcp/admission/load-shedding.ts'
import { createRateLimit } from '../../../../src/mcp/admission/rate-limit.ts'
import { toBody } from '../../../../src/mcp/message.ts'
import type { RateLimiter } from '../../../../src/redis/rate-limiter.ts'

/** Records headers and the end of a response. */
class FakeResponse extends EventEmitter {
  destroyed = false
  headers: Record<string, unknown> = {}
  setHeader = (name: string, value: unknown) => {
    this.headers[name] = value
  }
  end() {
    this.destroyed = true
    this.emit('close')
  }
}

function admit(admission: Admission, body: unknown, caller: Caller = anonymous) {
  const res = new FakeResponse()
  const req = {} as IncomingMessage
  return {
    res,
    rejection: admission({
      req,
      res: res as unknown as ServerResponse,
      body: toBody(body),
      caller,
      owner: ownerOf(caller, '192.0.2.1'),
      onFinish: (task) => res.once('close', task),
    }),
  }
}

const call = (name?: unknown) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } })
const listen = { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen' }

const shedding = (calls: number, { perCaller = calls } = {}) =>
  createLoadShedding({ calls: { total: calls, perCaller }, streams: { total: 1, perCaller: 1 } })

describe('createLoadShedding', () => {
  it('rejects calls beyond maxCalls until a running call ends', () => {
    const admission = shedding(2)
    const first = admit(admission, call('search'))
    assert.equal(first.rejection, undefined)
    assert.equal(admit(admission, undefined).rejection, undefined)
    assert.deepEqual(admit(admission, call('search')).rejection, {
      reason: 'overloaded',
      httpStatus: 503,
      message: 'Server overloaded: concurrent call limit reached. Retry after 1 s.',
      headers: { 'retry-after': '1' },
      failsCall: true,
    })
    assert.equal(admit(admission, listen).rejection, undefined, 'a stream was counted as a call')
    first.res.end()
    assert.equal(admit(admission, call('search')).rejection, undefined)
  })

  it('always admits a notification, because a cancellation frees a slot', () => {
    const admission = shedding(1)
    admit(admission, call('search'))
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }
    assert.equal(admit(admission, cancelled).rejection, undefined)
    assert.notEqual(admit(admission, { ...cancelled, id: 2 }).rejection, undefined)
    assert.notEqual(admit(admission, [cancelled]).rejection, undefined)
  })

  it('limits the calls of one caller, and counts anonymous callers by address', () => {
    const admission = shedding(3, { perCaller: 2 })
    const [one, other] = ['one', 'other'].map((id) => ({ id, scopes: 'all' }) as const)
    const first = admit(admission, call(), one)
    assert.equal(admit(admission, call(), one).rejection, undefined)
    assert.match(
      String((admit(admission, call(), one).rejection as HttpRejection).message),
      /limit of a caller/,
    )
    assert.equal(admit(admission, call(), other).rejection, undefined)
    first.res.end()
    assert.equal(admit(admission, call(), one).rejection, undefined)
    assert.notEqual(ownerOf(anonymous, '192.0.2.1'), ownerOf(anonymous, '192.0.2.2'))
  })

  it('counts streams separately from calls', () => {
    const admission = shedding(1)
    const first = admit(admission, listen)
    assert.deepEqual(
      [admit(admission, listen).rejection].map(
        (rejection) => rejection && 'reason' in rejection && rejection.reason,
      ),
      ['overloaded'],
    )
    assert.equal(admit(admission, call('search')).rejection, undefined)
    first.res.end()
    assert.equal(admit(admission, listen).rejection, undefined)
  })

  it('counts each message of a batch and admits an oversized batch on an idle server', () => {
    const admission = shedding(4)
    const three = admit(admission, [call(), call(), call()])
    assert.equal(three.rejection, undefined)
    assert.notEqual(admit(admission, [call(), call()]).rejection, undefined)
    three.res.end()
    const hundred = admit(admission, Array(100).fill(call()))
    assert.equal(hundred.rejection, undefined)
    assert.notEqual(admit(admission, call()).rejection, undefined)
    hundred.res.end()
    assert.equal(admit(admission, Array(100).fill(call())).rejection, undefined)
  })

  it('counts nothing for a response that was already closed', () => {
    const admission = shedding(1)
    const res = new FakeResponse()
    res.destroyed = true
    const arrival = {
      req: {},
      res,
      body: toBody(call()),
      caller: anonymous,
    } as unknown as Parameters<Admission>[0]
    for (let n = 0; n < 3; n++) assert.equal(admission(arrival), undefined)
    assert.equal(admit(admission, call()).rejection, undefined)
  })
})

function arriveAt(beforeBody: EarlyAdmission, owner: string) {
  const res = new FakeResponse()
  const rejection = beforeBody({
    req: {} as IncomingMessage,
    res: res as unknown as ServerResponse,
    caller: { id: owner, scopes: 'all' },
    owner,
  })
  return { res, rejection }
}

describe('createRateLimit', () => {
  function setUp(limits = { caller: 100, tool: 100 }) {
    const counts = new Map<string, number>()
    const limiter: RateLimiter = {
      consume: async (owner, uses) =>
        uses.map(({ quota, of, points }) => {
          const key = [quota.name, owner, of].filter((part) => part !== undefined).join(' ')
          const count = (counts.get(key) ?? 0) + points
          counts.set(key, count)
          const remaining = Math.max(0, quota.requests - count)
          return { quota, exceeded: count > quota.requests, remaining, resetSeconds: 42 }
        }),
    }
    const { beforeBody, admit: admission } = createRateLimit({
      limiter,
      limits,
      tools: new Set(['search', 'fetch']),
    })
    return { admission, beforeBody, counts }
  }

  it('counts a call for its caller and its tool and sends the quotas in headers', async () => {
    const { admission, counts } = setUp({ caller: 10, tool: 5 })
    const { res, rejection } = admit(admission, call('search'), { id: 'key-1', scopes: 'all' })
    assert.equal(await rejection, undefined)
    assert.deepEqual(
      [...counts],
      [
        ['caller key-1', 1],
        ['tool key-1 search', 1],
      ],
    )
    assert.deepEqual(res.headers, {
      'ratelimit-policy': '"caller";q=10;w=60, "tool";q=5;w=60',
      ratelimit: '"caller";r=9;t=42, "tool";r=4;t=42',
    })
  })

  it('rejects a caller that exceeded it before the body is read, until the window ends', async ({ mock }) => {
    let nowMs = 0
    mock.method(performance, 'now', () => nowMs)
    const { admission, beforeBody, counts } = setUp({ caller: 1, tool: 100 })
    const caller = { id: 'key-1', scopes: 'all' } as const
    const entry = (owner: string) => arriveAt(beforeBody, owner)
    assert.equal(entry('key-1').rejection, undefined)
    await admit(admission, call('search'), caller).rejection
    assert.equal(entry('key-1').rejection, undefined)
    const exceeded = await admit(admission, call('search'), caller).rejection
    const { res, rejection } = entry('key-1')
    assert.deepEqual(rejection, exceeded)
    assert.equal(res.headers.ratelimit, '"caller";r=0;t=42')
    assert.equal(entry('key-2').rejection, undefined)
    assert.equal(counts.get('caller key-1'), 2, 'the rejection before the body costs nothing')
    nowMs = 41_999
    assert.equal(entry('key-1').res.headers.ratelimit, '"caller";r=0;t=1')
    nowMs = 42_000
    assert.equal(entry('key-1').rejection, undefined)
  })

  it('remembers a bounded number of them, the latest among them', async () => {
    const { admission, beforeBody } = setUp({ caller: 0, tool: 100 })
    for (let n = 0; n <= 10_000; n++)
      await admit(admission, call('search'), { id: `key-${n}`, scopes: 'all' }).rejection
    assert.equal(arriveAt(beforeBody, 'key-0').rejection, undefined)
    assert.equal(arriveAt(beforeBody, 'key-10000').rejection?.httpStatus, 429)
  })

  it('counts anonymous callers by address', async () => {
    const { admission, counts } = setUp()
    await admit(admission, { method: 'tools/list' }).rejection
    assert.deepEqual([...counts], [['caller anonymous@192.0.2.1', 1]])
  })

  it('counts unknown tools as one', async () => {
    const { admission, counts } = setUp()
    for (const name of ['a', 'b', '__proto__', undefined, 7, {}]) await admit(admission, call(name)).rejection
    assert.deepEqual(
      [...counts].filter(([key]) => key.startsWith('tool ')),
      [['tool anonymous@192.0.2.1 _unknown', 6]],
    )
  })

  it('counts each message of a batch and rejects for the exceeded quota', async () => {
    const { admission, counts } = setUp({ caller: 10, tool: 2 })
    const batch = [call('fetch'), call('search'), call('search'), call('search'), null, 1]
    const { res, rejection } = admit(admission, batch)
    assert.deepEqual(await rejection, {
      reason: 'rate_limited',
      httpStatus: 429,
      message: 'Too many requests: the limit is 2 a minute for each tool. Try again in 42 s.',
      headers: { 'retry-after': '42' },
      failsCall: true,
    })
    assert.deepEqual([...counts.values()], [6, 1, 3])
    assert.equal(res.headers.ratelimit, '"caller";r=4;t=42, "tool";r=0;t=42')
  })

  it('counts a body that is no JSON-RPC message', async () => {
    const { admission, counts } = setUp()
    for (const body of [undefined, null, 'text', [], {}]) await admit(admission, body).rejection
    assert.deepEqual([...counts.values()], [5])
  })
})
