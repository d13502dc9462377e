import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLogger, type Logger } from '../../../../src/telemetry/log/logger.ts'
import { LineRecorder } from '../../../support/logger.ts'

/** The text that a log statement writes. */
function outputOf(format: 'json' | 'pretty', log: (logger: Logger) => void): string {
  let text = ''
  const output = new LineRecorder((line) => {
    text += line
  })
  log(createLogger({ level: 'info', format, serviceName: 'test', output }))
  return text
}

describe('createLogger', () => {
  it('writes one JSON object per line with timestamp, level and service name', () => {
    const [first, second, rest] = outputOf('json', (logger) => {
      logger.child({ module: 'm' }).warn('one\ntwo', { function: 'f', n: 1 })
      logger.debug('no')
      logger.error('three')
    }).split('\n')
    const line = JSON.parse(first ?? '')
    assert.deepEqual(
      [line.level, line.message, line.module, line.function, line.n, line['service.name']],
      ['warn', 'one\ntwo', 'm', 'f', 1, 'test'],
    )
    assert.ok(!Number.isNaN(Date.parse(line.timestamp)))
    assert.equal(JSON.parse(second ?? '').message, 'three')
    assert.equal(rest, '')
  })

  it('redacts secrets in every format', () => {
    const error = new Error('at postgres://u:hunter2@h', { cause: new Error('password=hunter2') })
    const log = (logger: Logger) =>
      logger.error('Bearer hunter2hunter2', { error, nested: { apiKey: 'hunter2' } })
    for (const format of ['json', 'pretty'] as const) {
      const text = outputOf(format, log)
      assert.match(text, /\[redacted\]/)
      assert.doesNotMatch(text, /hunter2/)
    }
  })

  it('writes one short line per event in the pretty format, an error as its message', () => {
    const text = outputOf('pretty', (logger) =>
      logger.child({ module: 'm' }).info('hello', { n: 1, error: new Error('lost') }),
    )
    assert.match(text, /^\d\d:\d\d:\d\d\.\d{3} info {2}hello .*module=m.*n=1/)
    assert.match(text, /error=Error: lost/)
    assert.equal(text.split('\n').length, 2)
  })

  it('escapes control characters, bidirectional controls and line separators in both formats', () => {
    const unsafe = [...'\x00\n\r\x1b\x7f\x85\x9b\x9f\u061c\u200f\u202e\u2069\u2028\u2029'].join('|')
    const fields = { query: unsafe, [`key${unsafe}`]: { nested: unsafe }, error: new Error(unsafe) }
    const log = (logger: Logger) => logger.info(unsafe, fields)
    for (const format of ['json', 'pretty'] as const) {
      const [line = '', rest] = outputOf(format, log).split('\n')
      assert.equal(rest, '', format)
      assert.doesNotMatch(line, /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u, format)
      assert.match(line, /\\u001b\|\\u007f\|\\u0085\|\\u009b/, format)
      if (format === 'json') assert.equal(JSON.parse(line).query, unsafe)
    }
  })

  it('shows the innermost cause of an error in the pretty format', () => {
    const middle = new Error('middle', { cause: new TypeError('inner') })
    assert.match(
      outputOf('pretty', (logger) => logger.info('x', { error: new Error('outer', { cause: middle }) })),
      /error=Error: outer \(cause: TypeError: inner\)/,
    )
  })

  it('shows the errors of an AggregateError, which may have no message', () => {
    const error = new AggregateError([new Error('refused by ::1'), new Error('Bearer hunter2hunter2')])
    for (const fields of [{ error }, { error: new Error('outer', { cause: error }) }]) {
      const text = outputOf('pretty', (logger) => logger.info('x', fields))
      assert.match(text, /AggregateError: refused by ::1; Bearer \[redacted\]/)
    }
    const { error: logged } = JSON.parse(outputOf('json', (logger) => logger.info('x', { error })))
    assert.equal(logged.message, 'refused by ::1; Bearer [redacted]')
    assert.deepEqual(
      logged.errors.map(({ message }: { message: string }) => message),
      ['refused by ::1', 'Bearer [redacted]'],
    )
  })
})
