import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../../dev/launcher/loopback-port.ts'
import { afterFile } from '../../support/cleanup.ts'
import type { Copy } from './copy.ts'

/** Runs `npm start` in the copy while `use` runs, then stops it gracefully. */
export async function whileStarted({ root }: Copy, use: (url: string) => Promise<void>): Promise<void> {
  const port = await freePort()
  const launcher: ChildProcess = spawn('npm', ['start', '--silent'], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  afterFile(() => launcher.kill('SIGKILL'))
  let output = ''
  for (const stream of [launcher.stdout, launcher.stderr])
    stream?.on('data', (chunk) => {
      output += chunk
    })
  for (let tries = 0; tries < 600 && !output.includes('Ctrl-C stops'); tries++) await delay(100)
  assert.match(output, /is ready/, output)
  await use(`http://localhost:${port}`)
  launcher.kill('SIGINT')
  await once(launcher, 'exit')
}
