import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { AppError, type ErrorCode } from '../../../../src/errors.ts'
import { defineTool, type Tool } from '../../../../src/mcp/define/define-tool.ts'
import { authorize } from '../../../../src/mcp/pipeline/authorize.ts'
import { limitTime } from '../../../../src/mcp/pipeline/limit-time.ts'
import { type CallContext, composeCall, type Stage } from '../../../../src/mcp/pipeline/pipeline.ts'
import { recordCall } from '../../../../src/mcp/pipeline/record-call.ts'
import { useCache } from '../../../../src/mcp/pipeline/use-cache.ts'
import { validateInput } from '../../../../src/mcp/pipeline/validate-input.ts'
import { validateOutput } from '../../../../src/mcp/pipeline/validate-output.ts'
import { createCallContext } from '../../../../src/mcp/register/call-context.ts'
import type { Cache } from '../../../../src/redis/cache.ts'
import { silentLogger } from '../../../support/logger.ts'
import { arrivedMessage } from '../../../support/telemetry-fixtures.ts'
import { withResolvers } from '../../../support/with-resolvers.ts'

const answer = z.object({ text: z.string() })

function tool(options: Partial<Parameters<typeof defineTool>[0]> = {}): Tool {
  return defineTool({
    name: 'echo',
    title: 'Echo',
    description: 'Returns its text.',
    effect: 'read',
    scopes: ['echo:read'],
    timeoutMs: 1_000,
    input: z.object({
      text: z.string().min(2, 'must have two characters').default('hi'),
      secret: z.string().optional(),
    }),
    output: answer,
    run: async ({ text }) => ({ text }),
    ...options,
  } as Parameters<typeof defineTool>[0])
}

function context(overrides: Partial<CallContext> = {}): CallContext {
  return {
    ...createCallContext(
      {
        services: {} as CallContext['services'],
        caller: { id: 'caller-1', scopes: 'all' },
        logger: silentLogger,
      },
      { ...arrivedMessage({ target: 'echo' }), startedAtMs: 0 },
      new AbortController().signal,
    ),
    ...overrides,
  }
}

const failure =
  (code: ErrorCode, message: RegExp = /./) =>
  (error: unknown) =>
    error instanceof AppError && error.code === code && message.test(error.message)

describe('composeCall', () => {
  it('runs the stages outermost first and returns in reverse order', async () => {
    const trace: string[] = []
    const stage =
      (name: string): Stage =>
      (_tool, next) =>
      async (args, context) => {
        trace.push(`into ${name}`)
        const output = await next(args, context)
        trace.push(`out of ${name}`)
        return output
      }
    await composeCall(
      [stage('first'), stage('second')],
      tool({ run: async () => ({ text: String(trace.push('run')) }) }),
    )({}, context())
    assert.deepEqual(trace, ['into first', 'into second', 'run', 'out of second', 'out of first'])
  })
})

describe('limitTime', () => {
  it('fails with timeout even if the tool ignores its signal', async () => {
    const call = composeCall([limitTime], tool({ timeoutMs: 20, run: () => new Promise(() => {}) }))
    await assert.rejects(
      call({}, context()),
      failure('timeout', /echo did not finish within 0\.02 s\. Try again/),
    )
  })

  it('aborts the signal of the tool on timeout', async () => {
    let signal: AbortSignal | undefined
    const call = composeCall(
      [limitTime],
      tool({
        timeoutMs: 20,
        run: (_args, context) => {
          signal = context.signal
          return new Promise(() => {})
        },
      }),
    )
    await assert.rejects(call({}, context()))
    assert.equal(signal?.aborted, true)
  })

  it('fails with cancelled when the caller aborts', async () => {
    const caller = new AbortController()
    const call = composeCall([limitTime], tool({ run: () => new Promise(() => {}) }))(
      {},
      context({ signal: caller.signal }),
    )
    caller.abort()
    await assert.rejects(call, failure('cancelled'))
    await assert.rejects(
      composeCall([limitTime], tool())({}, context({ signal: AbortSignal.abort() })),
      failure('cancelled'),
    )
  })

  it('clears its timer after a call', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await composeCall([limitTime], tool({ timeoutMs: 60_000 }))({}, context())
    assert.equal(timers(), before)
  })
})

describe('authorize', () => {
  it('rejects a caller without the scope of the tool', async () => {
    const call = composeCall([authorize], tool())
    await assert.rejects(
      call({}, context({ caller: { id: 'x', scopes: new Set(['other']) } })),
      failure('forbidden', /"echo:read"/),
    )
    await call({ text: 'ok' }, context({ caller: { id: 'x', scopes: new Set(['echo:read']) } }))
    await call({ text: 'ok' }, context({ caller: { id: 'x', scopes: 'all' } }))
  })

  it('requires every scope of the tool and names the missing ones', async () => {
    const call = composeCall([authorize], tool({ scopes: ['a:read', 'b:read', 'c:read'] }))
    const callWith = (...scopes: string[]) =>
      call({ text: 'ok' }, context({ caller: { id: 'x', scopes: new Set(scopes) } }))
    await assert.rejects(callWith('b:read'), failure('forbidden', /the scopes "a:read" and "c:read", which/))
    await assert.rejects(callWith('a:read', 'b:read'), failure('forbidden', /the scope "c:read", which/))
    await callWith('a:read', 'b:read', 'c:read')
  })
})

describe('validateInput', () => {
  it('passes parsed arguments with defaults to the tool', async () => {
    assert.deepEqual(await composeCall([validateInput], tool())(undefined, context()), { text: 'hi' })
  })

  it('reports each problem with its path but without the value', async () => {
    const call = composeCall([validateInput], tool())({ text: '!', secret: 4711 }, context())
    await assert.rejects(call, failure('invalid_arguments', /text: must have two characters; secret: /))
    await assert.rejects(
      composeCall([validateInput], tool())({ secret: 4711 }, context()),
      (error: Error) => !error.message.includes('4711'),
    )
  })
})

describe('validateOutput', () => {
  it('fails with internal if the output does not match the schema', async () => {
    const call = composeCall([validateOutput], tool({ run: async () => ({ wrong: true }) as never }))
    await assert.rejects(call({}, context()), failure('internal', /does not match its schema/))
  })
})

describe('recordCall', () => {
  it('records argument names and only the values listed in `logged`', async () => {
    const call = context()
    await composeCall([recordCall], tool({ logged: ['text'] as never }))(
      { text: 'x'.repeat(500), secret: 'hunter2' },
      call,
    )
    assert.deepEqual(call.record.argumentKeys, ['text', 'secret'])
    assert.equal(String(call.record.loggedArguments?.text).length, 201)
    assert.doesNotMatch(JSON.stringify(call.record), /hunter2/)
  })

  it('records the error code and rethrows an error without internal details', async () => {
    const call = context()
    const broken = composeCall(
      [recordCall],
      tool({ run: () => Promise.reject(new Error('password=hunter2')) }),
    )
    await assert.rejects(
      broken({}, call),
      (error: unknown) => failure('internal')(error) && !String(error).includes('hunter2'),
    )
    assert.equal(call.record.errorCode, 'internal')
  })
})

describe('useCache', () => {
  function memory(): Cache & { entries: Map<string, unknown>; ttl: number[] } {
    const entries = new Map<string, unknown>()
    const ttl: number[] = []
    return {
      entries,
      ttl,
      get: async (key) => ({
        result: entries.has(key) ? 'hit' : 'miss',
        value: entries.get(key),
        generation: '0',
      }),
      set: async (key, _lookup, value, ttlSeconds) => {
        entries.set(key, value)
        ttl.push(ttlSeconds)
      },
      invalidate: async () => undefined,
    }
  }
  const counting = (options: Partial<Parameters<typeof defineTool>[0]>) => {
    const runs: unknown[] = []
    return {
      runs,
      tool: tool({
        cache: { ttlSeconds: 7, share: 'public' },
        run: async (args) => ({ text: String(runs.push(args)) }),
        ...options,
      }),
    }
  }

  it('caches equal arguments in any order', async () => {
    const cache = memory()
    const { runs, tool } = counting({})
    const call = composeCall([useCache(cache)], tool)
    const first = context()
    const second = context()
    assert.deepEqual(await call({ text: 'aa', secret: 'b' }, first), { text: '1' })
    assert.deepEqual(await call({ secret: 'b', text: 'aa' }, second), { text: '1' })
    assert.deepEqual(
      [first.record.cache, second.record.cache, runs.length, cache.ttl],
      ['miss', 'hit', 1, [7]],
    )
    await call({ text: 'bb', secret: 'b' }, context())
    assert.equal(runs.length, 2)
  })

  it('tells calls that join a computation from the one that started it, except after a failed lookup', async () => {
    const cache = memory()
    let finish = () => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const run = async () => {
      await finished
      return { text: 'x' }
    }
    const call = composeCall([useCache(cache)], counting({ run }).tool)
    const contexts = ['a', 'b', 'c'].map((digit) => {
      const span = { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 }
      const one = context()
      one.record.span = span
      return one
    })
    const calls = contexts.slice(0, 2).map((one) => call({}, one))
    await new Promise(setImmediate)
    cache.get = async () => ({ result: 'error', generation: '0' })
    calls.push(...contexts.slice(2).map((one) => call({}, one)))
    await new Promise(setImmediate)
    finish()
    await Promise.all(calls)
    const first = contexts[0]?.record.span
    assert.deepEqual(
      contexts.map(({ record }) => [record.cache, record.joined]),
      [
        ['miss', undefined],
        ['shared', first],
        ['error', first],
      ],
    )
  })

  it('does not share cached results between callers with share "caller"', async () => {
    const { runs, tool } = counting({ cache: { ttlSeconds: 7, share: 'caller' } })
    const call = composeCall([useCache(memory())], tool)
    for (const id of ['a', 'b', 'a']) await call({}, context({ caller: { id, scopes: 'all' } }))
    assert.equal(runs.length, 2)
  })

  it('does not serve a result of another output schema', async () => {
    const cache = memory()
    const results = []
    for (const output of [answer, answer.extend({ more: z.string().optional() })]) {
      const one = context()
      await composeCall([useCache(cache)], counting({ output }).tool)({}, one)
      results.push(one.record.cache)
    }
    assert.deepEqual(results, ['miss', 'miss'])
  })

  it('stores neither failures nor results excluded by `unless`', async () => {
    const cache = memory()
    await composeCall(
      [useCache(cache)],
      counting({ cache: { ttlSeconds: 7, share: 'public', unless: () => true } }).tool,
    )({}, context())
    await assert.rejects(
      composeCall([useCache(cache)], counting({ run: () => Promise.reject(new Error('no')) }).tool)(
        {},
        context(),
      ),
    )
    assert.equal(cache.entries.size, 0)
  })

  it('adds no stage to tools without a cache policy', () => {
    const next = async () => ({})
    assert.equal(useCache(memory())(tool(), next), next)
  })
})

describe('defineTool', () => {
  it('rejects an invalid name and a cache policy on a write tool', () => {
    assert.throws(() => tool({ name: 'no spaces' }), /no spaces/)
    assert.throws(
      () => tool({ effect: 'write', cache: { ttlSeconds: 1, share: 'public' } }),
      /has side effects/,
    )
  })
})

describe('pipeline', () => {
  it('records timeout even if the tool fails after its timeout', async () => {
    const call = context()
    const work = withResolvers<never>()
    const late = tool({ timeoutMs: 10, run: () => work.promise })
    await assert.rejects(
      composeCall([recordCall, limitTime, authorize, validateInput], late)({}, call),
      failure('timeout'),
    )
    work.reject(new Error('too late'))
    await new Promise(setImmediate)
    assert.equal(call.record.errorCode, 'timeout')
  })
})
