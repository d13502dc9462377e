import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'

/** What a process that logs this writes to its standard output. */
function written(format: 'json' | 'pretty', log: string): string {
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

describe('the logger', () => {
  it('writes one JSON object a line, with what every line has', () => {
    const [first, second, rest] = written(
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

  it('lets no secret out, in whichever format', () => {
    const log = `logger.error('Bearer hunter2hunter2', { error: new Error('at postgres://u:hunter2@h', { cause: new Error('password=hunter2') }), nested: { apiKey: 'hunter2' } })`
    for (const format of ['json', 'pretty'] as const) {
      const text = written(format, log)
      assert.match(text, /\[redacted\]/)
      assert.doesNotMatch(text, /hunter2/)
    }
  })

  it('writes short lines for people, an error as its message', () => {
    const text = written(
      'pretty',
      `logger.child({ module: 'm' }).info('hello', { n: 1, error: new Error('lost') })`,
    )
    assert.match(text, /^\d\d:\d\d:\d\d\.\d{3} info {2}hello .*module=m.*n=1/)
    assert.match(text, /error=Error: lost/)
    assert.equal(text.split('\n').length, 2)
  })
})
