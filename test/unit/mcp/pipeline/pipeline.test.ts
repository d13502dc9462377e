import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
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
import type { Cache } from '../../../../src/redis/cache.ts'
import { arrivedMessage } from '../../../support/telemetry-fixtures.ts'

const answer = z.object({ text: z.string() })

function tool(options: Partial<Parameters<typeof defineTool>[0]> = {}): Tool {
  return defineTool({
    name: 'echo',
    title: 'Echo',
    description: 'Says it again.',
    effect: 'read',
    scope: 'echo:read',
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
    services: {} as CallContext['services'],
    signal: new AbortController().signal,
    progress: async () => undefined,
    caller: { id: 'somebody', scopes: 'all' },
    record: { ...arrivedMessage({ target: 'echo' }), startedAtMs: 0 },
    ...overrides,
  }
}

const failure =
  (code: ErrorCode, message: RegExp = /./) =>
  (error: unknown) =>
    error instanceof AppError && error.code === code && message.test(error.message)

describe('composeCall', () => {
  it('passes a call through the stages outermost first, and back the other way', async () => {
    const way: string[] = []
    const stage =
      (name: string): Stage =>
      (_tool, next) =>
      async (args, context) => {
        way.push(`into ${name}`)
        const output = await next(args, context)
        way.push(`out of ${name}`)
        return output
      }
    await composeCall(
      [stage('first'), stage('second')],
      tool({ run: async () => ({ text: String(way.push('run')) }) }),
    )({}, context())
    assert.deepEqual(way, ['into first', 'into second', 'run', 'out of second', 'out of first'])
  })
})

describe('limitTime', () => {
  it('answers with timeout although the tool ignores its signal', async () => {
    const deaf = composeCall([limitTime], tool({ timeoutMs: 20, run: () => new Promise(() => {}) }))
    await assert.rejects(deaf({}, context()), failure('timeout', /echo did not finish within 0\.02 s/))
  })

  it('aborts the signal that the tool was given', async () => {
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

  it('answers with cancelled when the caller goes away', async () => {
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

  it('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await composeCall([limitTime], tool({ timeoutMs: 60_000 }))({}, context())
    assert.equal(timers(), before)
  })
})

describe('authorize', () => {
  it("needs the tool's scope", async () => {
    const call = composeCall([authorize], tool())
    await assert.rejects(
      call({}, context({ caller: { id: 'x', scopes: new Set(['other']) } })),
      failure('forbidden', /"echo:read"/),
    )
    await call({ text: 'ok' }, context({ caller: { id: 'x', scopes: new Set(['echo:read']) } }))
    await call({ text: 'ok' }, context({ caller: { id: 'x', scopes: 'all' } }))
  })
})

describe('validateInput', () => {
  it('gives the tool parsed arguments with their defaults', async () => {
    assert.deepEqual(await composeCall([validateInput], tool())(undefined, context()), { text: 'hi' })
  })

  it('names each problem and its place, but not the value', async () => {
    const call = composeCall([validateInput], tool())({ text: '!', secret: 4711 }, context())
    await assert.rejects(call, failure('invalid_arguments', /text: must have two characters; secret: /))
    await assert.rejects(
      composeCall([validateInput], tool())({ secret: 4711 }, context()),
      (error: Error) => !error.message.includes('4711'),
    )
  })
})

describe('validateOutput', () => {
  it('holds the tool to its own output schema', async () => {
    const call = composeCall([validateOutput], tool({ run: async () => ({ wrong: true }) as never }))
    await assert.rejects(call({}, context()), failure('internal', /does not match its schema/))
  })
})

describe('recordCall', () => {
  it('records argument names, the caller and only the values that the tool allows', async () => {
    const call = context()
    await composeCall([recordCall], tool({ logged: ['text'] as never }))(
      { text: 'x'.repeat(500), secret: 'hunter2' },
      call,
    )
    assert.deepEqual(call.record.argumentKeys, ['text', 'secret'])
    assert.equal(call.record.caller, 'somebody')
    assert.equal(String(call.record.loggedArguments?.text).length, 201)
    assert.doesNotMatch(JSON.stringify(call.record), /hunter2/)
  })

  it('records the code of a failure and passes on an error that is safe to show', async () => {
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

  it('answers the same question once, whatever the order of its arguments', async () => {
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

  it('keeps answers for one caller from others where the tool says so', async () => {
    const { runs, tool } = counting({ cache: { ttlSeconds: 7, share: 'caller' } })
    const call = composeCall([useCache(memory())], tool)
    for (const id of ['a', 'b', 'a']) await call({}, context({ caller: { id, scopes: 'all' } }))
    assert.equal(runs.length, 2)
  })

  it('keeps out what the tool does not want kept, and failures', async () => {
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

  it('is not in the way of tools without a cache policy', () => {
    const next = async () => ({})
    assert.equal(useCache(memory())(tool(), next), next)
  })
})

describe('defineTool', () => {
  it('refuses at start what could not work', () => {
    assert.throws(() => tool({ name: 'no spaces' }), /no spaces/)
    assert.throws(
      () => tool({ effect: 'write', cache: { ttlSeconds: 1, share: 'public' } }),
      /has side effects/,
    )
  })
})

describe('the whole pipeline', () => {
  it('records a call that times out as timeout even if the tool fails later', async () => {
    const call = context()
    const late = tool({
      timeoutMs: 10,
      run: async () => {
        await delay(30)
        throw new Error('too late')
      },
    })
    await assert.rejects(
      composeCall([recordCall, limitTime, authorize, validateInput], late)({}, call),
      failure('timeout'),
    )
    await delay(40)
    assert.equal(call.record.errorCode, 'timeout')
  })
})
