import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'

/** Runs the log statement in a process and returns its standard output. */
function outputOf(format: 'json' | 'pretty', log: string): string {
  const script = `
    import { createLogger } from './src/telemetry/log/logger.ts'
    const logger = createLogger({ level: 'info', format: '${format}', serviceName: 'test' })
    ${log}`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  )
  assert.equal(stderr, '')
  return stdout
}

describe('createLogger', () => {
  it('writes one JSON object per line with timestamp, level and service name', () => {
    const [first, second, rest] = outputOf(
      'json',
      `logger.child({ module: 'm' }).warn('one\\ntwo', { function: 'f', n: 1 }); logger.debug('no'); logger.error('three')`,
    ).split('\n')
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
    const log = `logger.error('Bearer hunter2hunter2', { error: new Error('at postgres://u:hunter2@h', { cause: new Error('password=hunter2') }), nested: { apiKey: 'hunter2' } })`
    for (const format of ['json', 'pretty'] as const) {
      const text = outputOf(format, log)
      assert.match(text, /\[redacted\]/)
      assert.doesNotMatch(text, /hunter2/)
    }
  })

  it('writes one short line per event in the pretty format, an error as its message', () => {
    const text = outputOf(
      'pretty',
      `logger.child({ module: 'm' }).info('hello', { n: 1, error: new Error('lost') })`,
    )
    assert.match(text, /^\d\d:\d\d:\d\d\.\d{3} info {2}hello .*module=m.*n=1/)
    assert.match(text, /error=Error: lost/)
    assert.equal(text.split('\n').length, 2)
  })
})
