import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'

/**
 * Runs a program that rejects unhandled as soon as its log is closed; `beginning` can add to its shutdown `steps` and replace `flush`.
 * @returns exit code and log lines
 */
async function run(
  end: string,
  beginning = '',
): Promise<{ code: unknown; lines: Record<string, unknown>[] }> {
  const script = `
    import { installShutdown } from './src/shutdown.ts'
    import { createLogger, flushLogger } from './src/telemetry/log/logger.ts'
    const logger = createLogger({ level: 'info', format: 'json', serviceName: 'test' })
    let flush = async () => {
      await flushLogger(logger)
      logger.info('too late')
      void Promise.reject(new Error('too late'))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const steps = []
    ${beginning}
    installShutdown({ steps, logger, flush })
    setInterval(() => undefined, 1_000)
    ${end}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  const output = text(child.stdout)
  const [code] = await once(child, 'exit')
  return {
    code,
    lines: (await output)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  }
}

describe('the shutdown', () => {
  it('exits with 0 although an error occurs after the log was closed', async () => {
    const { code, lines } = await run(`process.kill(process.pid, 'SIGTERM')`)
    assert.deepEqual([code, lines.at(-1)?.message], [0, 'stopped'])
  })

  it('handles a signal that arrived while the program was still starting', { timeout: 60_000 }, async () => {
    const { code, lines } = await run('', `process.kill(process.pid, 'SIGTERM')`)
    assert.deepEqual([code, lines.at(-1)?.message], [0, 'stopped'])
  })

  it('runs each step although one hangs and others fail, warns of them by name, and exits with 0 although flushing hangs', async () => {
    const steps = `
      flush = () => flushLogger(logger).then(() => new Promise(() => undefined))
      const { setTimeout: original } = globalThis
      // The 5 s of the flush, at once.
      globalThis.setTimeout = (work, ms, ...args) => original(work, ms === 5_000 ? 0 : ms, ...args)
      const timeoutMs = 50
      steps.push(
        { name: 'hangs', timeoutMs, run: () => new Promise(() => undefined) },
        { name: 'rejects', timeoutMs, run: async () => { throw new Error('bug') } },
        { name: 'throws', timeoutMs, run: () => { throw new Error('bug') } },
        { name: 'last', timeoutMs, run: async () => logger.info('last step') },
      )`
    const { code, lines } = await run(`process.kill(process.pid, 'SIGTERM')`, steps)
    assert.equal(code, 0)
    assert.deepEqual(
      lines.map(({ level, message, step, error }) => [level, message, step, (error as Error)?.message]),
      [
        ['info', 'shutting down', undefined, undefined],
        ['warn', 'shutdown step failed', 'hangs', 'The step "hangs" did not finish within 0.05 s.'],
        ['warn', 'shutdown step failed', 'rejects', 'bug'],
        ['warn', 'shutdown step failed', 'throws', 'bug'],
        ['info', 'last step', undefined, undefined],
        ['info', 'stopped', undefined, undefined],
      ],
    )
  })

  it('exits with 1 after an unhandled error, and logs only the first', async () => {
    for (const failure of ["Promise.reject(new Error('bug'))", "throw new Error('bug')"]) {
      const { code, lines } = await run(`setTimeout(() => { ${failure} }, 10)`)
      assert.equal(code, 1)
      const logged = lines.map(({ level, message, error }) => [level, message, (error as Error).message])
      assert.deepEqual(logged, [['error', 'unhandled error', 'bug']])
    }
  })
})
