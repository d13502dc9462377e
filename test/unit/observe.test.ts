import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AppError } from '../../src/errors.ts'
import { createLogSink } from '../../src/telemetry/log-sink.ts'
import { createObserver, type EndedRecord } from '../../src/telemetry/observe.ts'
import { recordingLogger } from '../support/logger.ts'

const message = {
  method: 'tools/call',
  era: 'modern',
  protocolVersion: '2026-07-28',
  id: 7,
  clientName: 'test',
  requestId: 'edge-1',
  target: 'search',
  resourceUri: undefined,
} as const

describe('createObserver', () => {
  it('hands one record to every sink, once', () => {
    const seen: EndedRecord[][] = [[], []]
    const observer = createObserver(seen.map((records) => (record: EndedRecord) => records.push(record)))
    const record = observer.start(message)
    observer.end(record)
    observer.end(record)
    assert.equal(seen[0]?.length, 1)
    assert.equal(seen[0]?.[0], seen[1]?.[0])
    assert.ok((seen[0]?.[0]?.durationMs ?? -1) >= 0)
  })

  it('is idle only when nothing is being worked on', async () => {
    const observer = createObserver([])
    await observer.idle()
    const [a, b] = [observer.start(message), observer.start(message)]
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
})

describe('the log line of a message', () => {
  const lineOf = (changes: Partial<EndedRecord>) => {
    const { logger, lines } = recordingLogger()
    createLogSink(logger)({ ...message, startedAtMs: 0, durationMs: 1.23456, ...changes })
    assert.equal(lines.length, 1)
    return lines[0] ?? {}
  }

  it('tells outcome, tool and duration in semantic-convention names', () => {
    const line = lineOf({ resultBytes: 12, argumentKeys: ['query'] })
    assert.equal(line.level, 'info')
    assert.equal(line['gen_ai.tool.name'], 'search')
    assert.equal(line['mcp.method.name'], 'tools/call')
    assert.equal(line.outcome, 'success')
    assert.equal(line.duration_ms, 1.235)
    assert.deepEqual([line.result_bytes, line.argument_keys], [12, ['query']])
  })

  it('takes the level from the error table, and shows cause and stack for our own failures only', () => {
    const cause = new Error('disk full')
    const ours = lineOf({ errorCode: 'internal', error: new AppError('internal', 'safe', { cause }) })
    assert.deepEqual([ours.level, ours.outcome, ours['error.type']], ['error', 'error', 'internal'])
    const theirs = lineOf({
      errorCode: 'invalid_arguments',
      error: new AppError('invalid_arguments', 'query: must not be empty'),
    })
    assert.deepEqual(
      [theirs.level, theirs['error.message'], theirs.error],
      ['info', 'query: must not be empty', undefined],
    )
    assert.equal(lineOf({ errorCode: 'cancelled' }).outcome, 'cancelled')
    assert.equal(lineOf({ rpcErrorCode: -32601 })['error.type'], '-32601')
  })

  it('shortens what a client can make long', () => {
    const line = lineOf({ target: 'x'.repeat(10_000), argumentKeys: Array(1000).fill('y'.repeat(1000)) })
    assert.ok(JSON.stringify(line).length < 6_000)
  })
})
