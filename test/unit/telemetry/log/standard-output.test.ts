import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'

/** Logs 30,000 lines of a kilobyte, then waits for the reader and prints how many were dropped. */
const script = `
  import { createLogger } from './src/telemetry/log/logger.ts'
  import { StandardOutput } from './src/telemetry/log/standard-output.ts'
  const output = new StandardOutput()
  const logger = createLogger({ level: 'info', format: 'json', serviceName: 'test', output })
  for (let n = 0; n < 30_000; n++) {
    logger.info('x'.repeat(1_000), { n })
    if (n % 100 === 0) await new Promise(setImmediate)
  }
  console.error('backlog', process.stdout.writableLength)
  await output.drain()
  console.error('dropped', output.dropped)
`

describe('standard output with a reader that stalls', () => {
  it('keeps a bounded backlog, counts every dropped line, and continues with the reader', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let errors = ''
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    while (!errors.includes('backlog')) await once(child.stderr, 'data')
    const backlog = Number(/backlog (\d+)/.exec(errors)?.[1])
    assert.ok(backlog > 8_000_000 && backlog < 9_000_000, `${backlog} bytes`)
    const lines = (await text(child.stdout)).trim().split('\n')
    const dropped = Number(/dropped (\d+)/.exec(errors)?.[1])
    assert.ok(dropped > 10_000)
    assert.equal(lines.length + dropped, 30_000)
    for (const line of lines) JSON.parse(line)
  })
})
