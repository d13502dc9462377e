import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'

/** Runs a script that logs, with standard output and error in pipes. */
const run = (script: string) =>
  spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      `import { createLogger } from './src/telemetry/log/logger.ts'
       import { StandardOutput } from './src/telemetry/log/standard-output.ts'
       const output = new StandardOutput()
       const logger = createLogger({ level: 'info', format: 'json', serviceName: 'test', output })
       ${script}`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )

/** Logs 30,000 lines of a kilobyte, then waits for the reader and prints how many were dropped. */
const script = (linesInTurn: number) => `
  for (let n = 0; n < 30_000; n++) {
    logger.info('x'.repeat(1_000), { n })
    if (n % ${linesInTurn} === 0) await new Promise(setImmediate)
  }
  console.error('backlog', process.stdout.writableLength)
  await output.drain()
  console.error('dropped', output.dropped)
`

describe('standard output with a reader that stalls', () => {
  for (const linesInTurn of [100, 30_000])
    it(`keeps a bounded backlog, counts every dropped line, and continues with the reader (turns of ${linesInTurn} lines)`, async (t) => {
      const child = run(script(linesInTurn))
      // It waits for its reader, also after a failure.
      t.after(() => child.kill())
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

describe('the log lines of an event-loop turn', () => {
  it('are one write, in their order', async () => {
    const child = run(`
      const { write } = process.stdout
      let writes = 0
      process.stdout.write = (...args) => {
        writes++
        return write.apply(process.stdout, args)
      }
      for (let n = 0; n < 3; n++) logger.info('line', { n })
      await new Promise(setImmediate)
      console.error('writes', writes)
    `)
    const [lines, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
    assert.deepEqual(numbersIn(lines), [0, 1, 2])
    assert.equal(errors, 'writes 1\n')
  })

  it('are written when the process ends in that turn', async () => {
    for (const end of ['process.exit(1)', "throw new Error('unhandled')"]) {
      const child = run(`for (let n = 0; n < 3; n++) logger.info('line', { n }); ${end}`)
      const [lines] = await Promise.all([text(child.stdout), text(child.stderr)])
      assert.deepEqual(numbersIn(lines), [0, 1, 2])
    }
  })

  it('are written before a process that is killed, up to the last warning or error or to a drain', async () => {
    // The last is a control: the process ends before the turn does.
    const kill = `process.kill(process.pid, 'SIGKILL')`
    for (const [level, last] of [
      ['warn', 1],
      ['error', 1],
      ['info', -1],
    ] as const) {
      const child = run(`logger.info('line', { n: 0 }); logger.${level}('line', { n: 1 }); ${kill}`)
      assert.equal(numbersIn(await text(child.stdout)).at(-1) ?? -1, last)
    }
    const child = run(`logger.info('line', { n: 0 }); await output.drain(); ${kill}`)
    assert.deepEqual(numbersIn(await text(child.stdout)), [0])
  })
})

const numbersIn = (lines: string): number[] =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { n: number }).n)
