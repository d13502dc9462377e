import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from '../support/cleanup.ts'
import { sharedStack } from '../support/stack.ts'

const cannotUnshare: string | false =
  spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0 ? false : 'needs unshare --pid (Linux, root)'

describe('a process with PID 1', { skip: cannotUnshare }, () => {
  for (const args of [
    ['--import', './dist/telemetry/register.js', 'dist/main.js'],
    ['dist/commands/migrate.js'],
  ]) {
    it(`ends at once on SIGTERM while it starts: ${args.at(-1)}`, async () => {
      const { env } = await sharedStack()
      const parent = spawn('unshare', ['--pid', '--fork', '--kill-child', process.execPath, ...args], {
        env: { PATH: process.env.PATH, ...env, PORT: String(await freePort()), LOG_FORMAT: 'json' },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      afterFile(() => parent.kill('SIGKILL'))
      let output = ''
      parent.stdout.on('data', (chunk) => {
        output += chunk
      })
      const exited = once(parent, 'exit')
      // The kernel ignores the signal until the process has a handler, so it is sent until then.
      while (parent.exitCode === null) {
        const pid = Number(readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8'))
        if (pid > 0) process.kill(pid, 'SIGTERM')
        await delay(20)
      }
      assert.deepEqual(await exited, [128 + 15, null])
      assert.equal(output, '')
    })
  }
})
