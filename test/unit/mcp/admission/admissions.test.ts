import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { anonymous, type Caller } from '../../../../src/auth/caller.ts'
import type { Admission } from '../../../../src/mcp/admission/admission.ts'
import { createLoadShedding } from '../../../../src/mcp/admission/load-shedding.ts'
import { createRateLimit } from '../../../../src/mcp/admission/rate-limit.ts'
import { toBody } from '../../../../src/mcp/message.ts'
import type { RateLimiter } from '../../../../src/redis/rate-limiter.ts'

/** A response of which a test only sees headers and its end. */
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

function ask(admission: Admission, body: unknown, caller: Caller = anonymous) {
  const res = new FakeResponse()
  const req = { socket: { remoteAddress: '192.0.2.1' } } as IncomingMessage
  return {
    res,
    refusal: admission({ req, res: res as unknown as ServerResponse, body: toBody(body), caller }),
  }
}

const call = (name?: unknown) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } })
const listen = { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen' }

describe('load shedding', () => {
  it('refuses the call that is one too many, until another one has ended', () => {
    const admission = createLoadShedding({ maxCalls: 2, maxStreams: 1 })
    const first = ask(admission, call('search'))
    assert.equal(first.refusal, undefined)
    assert.equal(ask(admission, undefined).refusal, undefined)
    assert.deepEqual(ask(admission, call('search')).refusal, {
      reason: 'overloaded',
      httpStatus: 503,
      message: 'Server overloaded: concurrent call limit reached. Retry after 1 s.',
      headers: { 'retry-after': '1' },
    })
    assert.equal(ask(admission, listen).refusal, undefined, 'streams are counted apart')
    first.res.end()
    assert.equal(ask(admission, call('search')).refusal, undefined)
  })

  it('counts streams by themselves', () => {
    const admission = createLoadShedding({ maxCalls: 1, maxStreams: 1 })
    const first = ask(admission, listen)
    assert.deepEqual(
      [ask(admission, listen).refusal].map((refusal) => refusal && 'reason' in refusal && refusal.reason),
      ['overloaded'],
    )
    assert.equal(ask(admission, call('search')).refusal, undefined)
    first.res.end()
    assert.equal(ask(admission, listen).refusal, undefined)
  })

  it('counts a batch as its messages, and still lets the largest in when nothing else is there', () => {
    const admission = createLoadShedding({ maxCalls: 4, maxStreams: 1 })
    const three = ask(admission, [call(), call(), call()])
    assert.equal(three.refusal, undefined)
    assert.notEqual(ask(admission, [call(), call()]).refusal, undefined)
    three.res.end()
    const hundred = ask(admission, Array(100).fill(call()))
    assert.equal(hundred.refusal, undefined)
    assert.notEqual(ask(admission, call()).refusal, undefined)
    hundred.res.end()
    assert.equal(ask(admission, Array(100).fill(call())).refusal, undefined)
  })

  it('takes nothing for a response that has ended before', () => {
    const admission = createLoadShedding({ maxCalls: 1, maxStreams: 1 })
    const res = new FakeResponse()
    res.destroyed = true
    const arrival = {
      req: {},
      res,
      body: toBody(call()),
      caller: anonymous,
    } as unknown as Parameters<Admission>[0]
    for (let n = 0; n < 3; n++) assert.equal(admission(arrival), undefined)
    assert.equal(ask(admission, call()).refusal, undefined)
  })
})

describe('the rate limit of a request', () => {
  function limited(limits = { caller: 100, tool: 100 }) {
    const counts = new Map<string, number>()
    const limiter = (name: 'caller' | 'tool'): RateLimiter => ({
      quota: { name, requests: limits[name], windowSeconds: 60 },
      async consume(key, points) {
        const count = (counts.get(`${name}:${key}`) ?? 0) + points
        counts.set(`${name}:${key}`, count)
        const remaining = Math.max(0, limits[name] - count)
        return { quota: this.quota, exceeded: count > limits[name], remaining, resetSeconds: 42 }
      },
    })
    const admission = createRateLimit({
      limiters: { caller: limiter('caller'), tool: limiter('tool') },
      tools: new Set(['search', 'fetch']),
      addressOf: ({ socket }) => String(socket.remoteAddress),
    })
    return { admission, counts }
  }

  it('is counted for its caller and its tool, and told in every answer', async () => {
    const { admission, counts } = limited({ caller: 10, tool: 5 })
    const { res, refusal } = ask(admission, call('search'), { id: 'key-1', scopes: 'all' })
    assert.equal(await refusal, undefined)
    assert.deepEqual(
      [...counts],
      [
        ['caller:key-1', 1],
        ['tool:key-1 search', 1],
      ],
    )
    assert.deepEqual(res.headers, {
      'ratelimit-policy': '"caller";q=10;w=60, "tool";q=5;w=60',
      ratelimit: '"caller";r=9;t=42, "tool";r=4;t=42',
    })
  })

  it('is counted by address where nobody is known by name', async () => {
    const { admission, counts } = limited()
    await ask(admission, { method: 'tools/list' }).refusal
    assert.deepEqual([...counts], [['caller:anonymous@192.0.2.1', 1]])
  })

  it('counts tools that are made up as one', async () => {
    const { admission, counts } = limited()
    for (const name of ['a', 'b', '__proto__', undefined, 7, {}]) await ask(admission, call(name)).refusal
    assert.deepEqual(
      [...counts].filter(([key]) => key.startsWith('tool:')),
      [['tool:anonymous@192.0.2.1 _unknown', 6]],
    )
  })

  it('counts each message of a batch, and refuses for the quota that is exceeded', async () => {
    const { admission, counts } = limited({ caller: 10, tool: 2 })
    const batch = [call('fetch'), call('search'), call('search'), call('search'), null, 1]
    const { res, refusal } = ask(admission, batch)
    assert.deepEqual(await refusal, {
      reason: 'rate_limited',
      httpStatus: 429,
      message: 'Too many requests: the limit is 2 a minute for each tool. Try again in 42 s.',
      headers: { 'retry-after': '42' },
    })
    assert.deepEqual([...counts.values()], [6, 1, 3])
    assert.equal(res.headers.ratelimit, '"caller";r=4;t=42, "tool";r=0;t=42')
  })

  it('counts what is no message at all, too', async () => {
    const { admission, counts } = limited()
    for (const body of [undefined, null, 'text', [], {}]) await ask(admission, body).refusal
    assert.deepEqual([...counts.values()], [5])
  })
})
