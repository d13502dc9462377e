import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AppError } from '../../../src/errors.ts'
import { createLogSink } from '../../../src/telemetry/log/log-sink.ts'
import { createObserver, type EndedRecord, type MessageRecord } from '../../../src/telemetry/observer.ts'
import { recordingLogger } from '../../support/logger.ts'
import { arrivedMessage } from '../../support/telemetry-fixtures.ts'

describe('createObserver', () => {
  it('hands one record to every sink, once', () => {
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

  it('runs the work inside of what the sinks have made for it', () => {
    const way: string[] = []
    const around = (name: string) => ({
      start: () => way.push(`start ${name}`),
      around<T>(_record: MessageRecord, work: () => T): T {
        way.push(`into ${name}`)
        return work()
      },
      end: () => undefined,
    })
    const observer = createObserver([around('a'), { end: () => undefined }, around('b')] as never)
    assert.equal(
      observer.run(observer.start(arrivedMessage()), () => 42),
      42,
    )
    assert.deepEqual(way, ['start a', 'start b', 'into a', 'into b'])
  })

  it('reports a sink that throws once, and serves the other sinks and the caller', () => {
    const ended: string[] = []
    const errors: unknown[] = []
    const broken = new Error('disk full')
    const fail = () => {
      throw broken
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
    assert.deepEqual(errors, [broken])
    assert.deepEqual(observer.inFlight(), { calls: 0, streams: 0 })
  })

  it('is idle only when no call is being worked on; streams do not count', async () => {
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

  it('concludes status and error type by the semantic conventions, for all sinks', () => {
    const conclude = (changes: Partial<MessageRecord>) => {
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
    assert.deepEqual(conclude({}), ['success', undefined])
    assert.deepEqual(conclude({ errorCode: 'unavailable' }), ['error', 'tool_error'])
    assert.deepEqual(conclude({ errorCode: 'cancelled' }), ['error', 'cancelled'])
    assert.deepEqual(conclude({ rpcError: { code: -32601, message: 'no' } }), ['error', '-32601'])
    assert.deepEqual(conclude({ rpcError: { code: -32603, message: 'no' }, errorCode: 'unavailable' }), [
      'error',
      '-32603',
    ])
  })
})

describe('the log line of a message', () => {
  const lineOf = (changes: Partial<MessageRecord>) => {
    const { logger, lines } = recordingLogger()
    const observer = createObserver([createLogSink({ logger: logger })])
    observer.end(Object.assign(observer.start(arrivedMessage()), changes))
    assert.equal(lines.length, 1)
    return lines[0] ?? {}
  }

  it('tells outcome, tool, trace and duration in semantic-convention names', () => {
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

  it('takes the level from the error table, and shows cause and stack for our own failures only', () => {
    const cause = new Error('disk full')
    const ours = lineOf({ errorCode: 'internal', error: new AppError('internal', 'safe', { cause }) })
    assert.deepEqual(
      [ours.level, ours.outcome, ours['error.type'], ours['error.code']],
      ['error', 'error', 'tool_error', 'internal'],
    )
    const theirs = lineOf({
      errorCode: 'invalid_arguments',
      error: new AppError('invalid_arguments', 'query: must not be empty'),
    })
    assert.deepEqual(
      [theirs.level, theirs['error.message'], theirs.error],
      ['info', 'query: must not be empty', undefined],
    )
    assert.equal(lineOf({ errorCode: 'cancelled' }).outcome, 'cancelled')
    assert.equal(lineOf({ rpcError: { code: -32601, message: 'no' } })['error.type'], '-32601')
    assert.equal(lineOf({ rpcError: { code: -32603, message: 'no' } }).level, 'error')
  })

  it('shortens what a client can make long', () => {
    const line = lineOf({
      ...arrivedMessage({ target: 'x'.repeat(10_000), clientName: 'c'.repeat(10_000) }),
      argumentKeys: Array(1000).fill('y'.repeat(1000)),
    })
    assert.ok(JSON.stringify(line).length < 6_000)
  })
})
