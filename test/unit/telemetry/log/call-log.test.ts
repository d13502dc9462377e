import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCallLog } from '../../../../src/telemetry/log/call-log.ts'
import { createLogger } from '../../../../src/telemetry/log/logger.ts'
import { LineRecorder } from '../../../support/logger.ts'
import { arrivedMessage } from '../../../support/telemetry-fixtures.ts'

function callLog(level: 'info' | 'debug' = 'info') {
  const lines: Record<string, unknown>[] = []
  const output = new LineRecorder((line) => lines.push(JSON.parse(line)))
  const logger = createLogger({ level, format: 'json', serviceName: 'test', output })
  const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
  const record = { ...arrivedMessage(), startedAtMs: 0, span, caller: 'key:1' }
  return { lines, log: createCallLog(logger, record) }
}

describe('the log of a call', () => {
  it('carries the ids of the call, which no field replaces', () => {
    const { lines, log } = callLog()
    log.warn('stale', { trace_id: 'forged', level: 'error', rows: 3, cause: new Error('gone') })
    const { timestamp, fields, ...line } = lines[0] ?? {}
    assert.ok(timestamp)
    assert.deepEqual(line, {
      level: 'warn',
      message: 'stale',
      'service.name': 'test',
      function: 'run',
      trace_id: 'a'.repeat(32),
      span_id: 'b'.repeat(16),
      trace_flags: '01',
      'jsonrpc.request.id': '7',
      'gen_ai.tool.name': 'search',
      request_id: 'edge-1',
      caller: 'key:1',
    })
    const { cause, ...others } = fields as { cause: { message: string } }
    assert.deepEqual([others, cause.message], [{ trace_id: 'forged', level: 'error', rows: 3 }, 'gone'])
  })

  it('redacts secrets and bounds message and fields', () => {
    const { lines, log } = callLog()
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`n${at}`, at]))
    log.info(`password=hunter2 ${'x'.repeat(1_000)}`, {
      api_key: 'hunter2',
      text: `Bearer hunter2hunter2 ${'x'.repeat(1_000)}`,
      ...many,
    })
    assert.doesNotMatch(JSON.stringify(lines), /hunter2/)
    assert.equal(Object.keys(lines[0]?.fields as object).length, 20)
    assert.ok(JSON.stringify(lines).length < 1_200)
  })

  it('follows the level of the server', () => {
    const { lines, log } = callLog()
    log.debug('details')
    assert.deepEqual(lines, [])
    const verbose = callLog('debug')
    verbose.log.debug('details')
    assert.equal(verbose.lines.length, 1)
  })
})
