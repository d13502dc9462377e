import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AppError } from '../../../src/errors.ts'
import { createLogSink } from '../../../src/telemetry/log/log-sink.ts'
import { createObserver, type EndedRecord, type MessageRecord } from '../../../src/telemetry/observer.ts'
import { recordingLogger } from '../../support/logger.ts'
import { arrivedMessage } from '../../support/telemetry-fixtures.ts'

describe('createObserver', () => {
  it('passes one record to every sink exactly once', () => {
    const seen: EndedRecord[][] = [[], []]
    const observer = createObserver(
      seen.map((records) => ({ end: (record: EndedRecord) => records.push(record) })),
    )
    const record = observer.start(arrivedMessage())
    observer.end(record)
    observer.end(record)
    assert.equal(seen[0]?.length, 1)
    assert.equal(seen[0]?.[0], seen[1]?.[0])
    assert.ok((seen[0]?.[0]?.durationMs ?? -1) >= 0)
  })

  it('runs the work inside the contexts of all sinks', () => {
    const trace: string[] = []
    const around = (name: string) => ({
      start: () => trace.push(`start ${name}`),
      around<T>(_record: MessageRecord, work: () => T): T {
        trace.push(`into ${name}`)
        return work()
      },
      end: () => undefined,
    })
    const observer = createObserver([around('a'), { end: () => undefined }, around('b')] as never)
    assert.equal(
      observer.run(observer.start(arrivedMessage()), () => 42),
      42,
    )
    assert.deepEqual(trace, ['start a', 'start b', 'into a', 'into b'])
  })

  it('reports a throwing sink once and still serves the other sinks and the caller', () => {
    const ended: string[] = []
    const errors: unknown[] = []
    const failure = new Error('disk full')
    const fail = () => {
      throw failure
    }
    const sinks = [
      { end: () => ended.push('first') },
      { start: fail, around: fail, end: fail },
      { end: () => ended.push('last') },
    ]
    const observer = createObserver(sinks, (error) => errors.push(error))
    for (let calls = 0; calls < 2; calls++) {
      const record = observer.start(arrivedMessage())
      assert.equal(
        observer.run(record, () => 42),
        42,
      )
      observer.end(record)
    }
    assert.deepEqual(ended, ['first', 'last', 'first', 'last'])
    assert.deepEqual(errors, [failure])
    assert.deepEqual(observer.inFlight(), { calls: 0, streams: 0 })
  })

  it('is idle when no call is in flight, regardless of streams', async () => {
    const observer = createObserver([])
    await observer.idle()
    observer.start(arrivedMessage({ kind: 'stream' }))
    const [a, b] = [observer.start(arrivedMessage()), observer.start(arrivedMessage())]
    assert.deepEqual(observer.inFlight(), { calls: 2, streams: 1 })
    let idle = false
    const waiting = observer.idle().then(() => {
      idle = true
    })
    observer.end(a)
    await Promise.resolve()
    assert.equal(idle, false)
    observer.end(b)
    await waiting
  })

  it('sets status and error type by the semantic conventions', () => {
    const outcomeOf = (changes: Partial<MessageRecord>) => {
      let ended: EndedRecord | undefined
      const observer = createObserver([
        {
          end: (record) => {
            ended = record
          },
        },
      ])
      observer.end(Object.assign(observer.start(arrivedMessage()), changes))
      return [ended?.status, ended?.errorType]
    }
    assert.deepEqual(outcomeOf({}), ['success', undefined])
    assert.deepEqual(outcomeOf({ errorCode: 'unavailable' }), ['error', 'tool_error'])
    assert.deepEqual(outcomeOf({ errorCode: 'cancelled' }), ['error', 'cancelled'])
    assert.deepEqual(outcomeOf({ rpcError: { code: -32601, message: 'no' } }), ['error', '-32601'])
    assert.deepEqual(outcomeOf({ rpcError: { code: -32603, message: 'no' }, errorCode: 'unavailable' }), [
      'error',
      '-32603',
    ])
  })
})

describe('createLogSink', () => {
  const lineOf = (changes: Partial<MessageRecord>) => {
    const { logger, lines } = recordingLogger()
    const observer = createObserver([createLogSink({ logger: logger })])
    observer.end(Object.assign(observer.start(arrivedMessage()), changes))
    assert.equal(lines.length, 1)
    return lines[0] ?? {}
  }

  it('logs outcome, tool, trace and duration in semantic-convention fields', () => {
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
    const line = lineOf({ resultBytes: 12, argumentKeys: ['query'], span })
    assert.equal(line.level, 'info')
    assert.equal(line['gen_ai.tool.name'], 'search')
    assert.equal(line['mcp.method.name'], 'tools/call')
    assert.equal(line.outcome, 'success')
    assert.equal(typeof line.duration_ms, 'number')
    assert.deepEqual([line.result_bytes, line.argument_keys], [12, ['query']])
    assert.deepEqual([line.trace_id, line.span_id, line.trace_flags], [span.traceId, span.spanId, '01'])
  })

  it('redacts a secret whose end is cut off', () => {
    const line = lineOf({ resourceUri: `document://user:${'hunter2'.repeat(40)}@host` })
    assert.doesNotMatch(JSON.stringify(line), /hunter2/)
  })

  it('takes the level from the error table and logs cause and stack only for server errors', () => {
    const cause = new Error('disk full')
    const serverError = lineOf({ errorCode: 'internal', error: new AppError('internal', 'safe', { cause }) })
    assert.deepEqual(
      [serverError.level, serverError.outcome, serverError['error.type'], serverError['error.code']],
      ['error', 'error', 'tool_error', 'internal'],
    )
    const clientError = lineOf({
      errorCode: 'invalid_arguments',
      error: new AppError('invalid_arguments', 'query: must not be empty'),
    })
    assert.deepEqual(
      [clientError.level, clientError['error.message'], clientError.error],
      ['info', 'query: must not be empty', undefined],
    )
    assert.equal(lineOf({ errorCode: 'cancelled' }).outcome, 'cancelled')
    assert.equal(lineOf({ rpcError: { code: -32601, message: 'no' } })['error.type'], '-32601')
    assert.equal(lineOf({ rpcError: { code: -32603, message: 'no' } }).level, 'error')
  })

  it('truncates values that a client controls', () => {
    const long = 'x'.repeat(10_000)
    const texts = {
      id: long,
      protocolVersion: long,
      clientName: long,
      clientVersion: long,
      resourceUri: long,
    }
    for (const method of ['tools/call', 'prompts/get', long]) {
      const line = lineOf({
        ...arrivedMessage({ ...texts, method, target: long }),
        argumentKeys: Array(1000).fill(long),
        rpcError: { code: -32602, message: long },
      })
      assert.equal((line.argument_keys as string[]).length, 20)
      for (const [field, value] of Object.entries(line))
        for (const text of [value].flat()) assert.ok(String(text).length <= 201, field)
    }
  })
})
