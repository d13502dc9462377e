import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { anonymous } from '../../../../src/auth/caller.ts'
import { AppError } from '../../../../src/errors.ts'
import { defineTool } from '../../../../src/mcp/define/define-tool.ts'
import { text } from '../../../../src/mcp/define/text.ts'
import { callTool } from '../../../support/call-tool.ts'
import { recordingLogger } from '../../../support/logger.ts'

const base = {
  title: 'Words',
  description: 'Counts words.',
  effect: 'read',
  scopes: ['text:read'],
  output: z.object({ words: z.int() }),
} as const

const words = defineTool({
  ...base,
  name: 'words',
  logged: ['limit'],
  input: z.object({ text: text({ max: 100 }), limit: z.int().default(10) }),
  async run({ text, limit }, { caller, log, progress }) {
    if (text === 'taken') throw new AppError('conflict', 'This text was counted already.')
    log.info('counted', { by: caller.id, token: 'tok-12345678', text: 'x'.repeat(300) })
    await progress(1, 1)
    return { words: Math.min(text.split(' ').length, limit) }
  },
})

describe('callTool', () => {
  it('returns the typed result and the record of the call', async () => {
    const { result, record } = await callTool(words, { text: 'one two three' })
    const count: number = result.words
    assert.equal(count, 3)
    assert.deepEqual(
      [record.status, record.target, record.caller, record.argumentKeys, record.loggedArguments],
      ['success', 'words', 'anonymous', ['text'], {}],
    )
    assert.ok(record.durationMs >= 0)
  })

  it('fails with the error of the tool, and with those of the stages', async () => {
    await assert.rejects(callTool(words, { text: 'taken' }), { code: 'conflict' })
    await assert.rejects(callTool(words, { text: '' }), { code: 'invalid_arguments' })
    const caller = { id: 'key:1', scopes: new Set<string>() }
    await assert.rejects(callTool(words, { text: 'one' }, { caller }), { code: 'forbidden' })
    await assert.rejects(callTool(words, { text: 'one' }, { signal: AbortSignal.abort() }), {
      code: 'cancelled',
    })
  })

  it('passes the lines and the progress of the tool on', async () => {
    const { logger, lines } = recordingLogger()
    const steps: number[] = []
    const progress = async (done: number) => void steps.push(done)
    await callTool(words, { text: 'one' }, { logger, progress })
    assert.deepEqual(steps, [1])
    const [line] = lines
    assert.deepEqual(
      [
        line?.level,
        line?.message,
        line?.['gen_ai.tool.name'],
        line?.['jsonrpc.request.id'],
        line?.request_id,
      ],
      ['info', 'counted', 'words', '7', 'edge-1'],
    )
    const fields = line?.fields as Record<string, string>
    assert.deepEqual([fields.by, fields.text?.length], ['anonymous', 201])
  })

  it('rejects arguments of the wrong type at compile time', () => {
    // @ts-expect-error `text` is a string.
    const wrong = () => callTool(words, { text: 7 })
    // @ts-expect-error `text` is required.
    const missing = () => callTool(words, {})
    // @ts-expect-error `limt` is no argument.
    const unknown = () => callTool(words, { text: 'one', limt: 1 })
    assert.equal([wrong, missing, unknown].length, 3)
  })
})

describe('defineTool', () => {
  it('has a timeout of five seconds unless one is set', () => {
    assert.equal(words.timeoutMs, 5_000)
    const input = z.object({})
    const slow = defineTool({
      ...base,
      name: 'slow',
      timeoutMs: 9_000,
      input,
      run: async () => ({ words: 0 }),
    })
    assert.equal(slow.timeoutMs, 9_000)
  })

  it('gives no caller to a tool whose results all callers share', async () => {
    const shared = { ...base, name: 'shared', input: z.object({}) }
    defineTool({
      ...shared,
      cache: { ttlSeconds: 1, share: 'public', unless: ({ words }) => words === 0 },
      // @ts-expect-error a public result must not depend on the caller.
      run: async (_args, { caller }) => ({ words: String(caller).length }),
    })
    const own = defineTool({
      ...shared,
      cache: { ttlSeconds: 1, share: 'caller', unless: ({ words }) => words === 0 },
      run: async (_args, { caller }) => ({ words: caller.id.length }),
    })
    assert.equal((await callTool(own, {})).result.words, anonymous.id.length)
  })
})

describe('unknown arguments', () => {
  const problem = async (args: object) => {
    const error = await callTool(words, args as never).catch((error: AppError) => error)
    assert.ok(error instanceof AppError)
    assert.equal(error.code, 'invalid_arguments')
    return error.message
  }

  it('are rejected with the nearest valid name and all valid ones', async () => {
    assert.equal(
      await problem({ text: 'one', limt: 3 }),
      'Invalid arguments for words: unknown argument `limt`; did you mean `limit`? Valid: text, limit',
    )
    assert.match(await problem({ text: 'one', TEXT_: 1 }), /unknown argument `TEXT_`; did you mean `text`\?/)
  })

  it('get no suggestion if no name is near', async () => {
    assert.equal(
      await problem({ text: 'one', toolCallId: 'call_1' }),
      'Invalid arguments for words: unknown argument `toolCallId`. Valid: text, limit',
    )
  })

  it('are listed beside the other problems, bounded in number and length, without their values', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, at) => [`${at}`.padEnd(5_000, 'x'), 'hunter2']),
    )
    const message = await problem({ ...many, limit: 'hunter2' })
    assert.match(message, /text: .*limit: .*unknown argument .* And 497 more\. Valid: text, limit/)
    assert.ok(message.length < 500, `${message.length}`)
    assert.doesNotMatch(message, /hunter2/)
    assert.match(await problem(JSON.parse('{"text":"one","__proto__":1}')), /`__proto__`/)
  })

  it('are passed to a tool whose input is open', async () => {
    const open = defineTool({
      ...base,
      name: 'open',
      input: z.looseObject({ text: z.string() }),
      run: async (args) => ({ words: Object.keys(args).length }),
    })
    assert.equal((await callTool(open, { text: 'one', more: 1 })).result.words, 2)
    const schemaOf = ({ input }: { input: z.ZodObject }) =>
      z.toJSONSchema(input, { io: 'input' }).additionalProperties
    assert.deepEqual([schemaOf(words), schemaOf(open)], [false, {}])
  })
})
