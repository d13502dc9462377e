import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'

/** Runs a program that rejects unhandled as soon as its log is closed. @returns exit code and log lines */
async function run(
  end: string,
  beginning = '',
): Promise<{ code: unknown; lines: Record<string, unknown>[] }> {
  const script = `
    import { installShutdown } from './src/shutdown.ts'
    import { createLogger, flushLogger } from './src/telemetry/log/logger.ts'
    const logger = createLogger({ level: 'info', format: 'json', serviceName: 'test' })
    const flush = async () => {
      await flushLogger(logger)
      logger.info('too late')
      void Promise.reject(new Error('too late'))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    ${beginning}
    installShutdown({ steps: [], logger, flush })
    setInterval(() => undefined, 1_000)
    ${end}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
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

  it('exits with 1 after an unhandled error, and logs only the first', async () => {
    for (const failure of ["Promise.reject(new Error('bug'))", "throw new Error('bug')"]) {
      const { code, lines } = await run(`setTimeout(() => { ${failure} }, 10)`)
      assert.equal(code, 1)
      const logged = lines.map(({ level, message, error }) => [level, message, (error as Error).message])
      assert.deepEqual(logged, [['error', 'unhandled error', 'bug']])
    }
  })
})
