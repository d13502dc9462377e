import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterFile } from '../../support/cleanup.ts'
import { endWithTests } from '../../support/lifeline.ts'

export interface Daemon {
  readonly child: ChildProcess
  /** Configuration and data; removed when the daemon stops. */
  readonly directory: string
  stop(): Promise<void>
}

export interface DaemonOptions {
  /** As installed by the Debian package, or a path. */
  readonly command: string
  readonly debianPackage: string
  readonly args: (directory: string) => string[]
  readonly env?: Readonly<Record<string, string>>
  /** Answers 200 when the daemon is ready. */
  readonly readyUrl: string
  readonly prepare: (directory: string) => Promise<unknown>
}

const readyTimeoutMs = 20_000
const stopGraceMs = 5_000
const maxOutputLength = 4_000

/** Runs a daemon that ends with the test file, even if the test process is killed. */
export async function startDaemon({ command, debianPackage, args, env, readyUrl, prepare }: DaemonOptions) {
  const directory = await mkdtemp(join(tmpdir(), `stack-${basename(command)}-`))
  await prepare(directory)
  const child = spawn(command, args(directory), {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = Promise.race([once(child, 'exit'), once(child, 'error').catch((error) => [error])])
  endWithTests(child)
  let output = ''
  child.stderr.on('data', (chunk) => {
    output = (output + chunk).slice(-maxOutputLength)
  })
  let running = true
  const ended = exited.then(() => {
    running = false
  })

  async function stop(): Promise<void> {
    if (running) {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs)
      await ended
      clearTimeout(timer)
    }
    await rm(directory, { recursive: true, force: true })
  }
  afterFile(stop)

  const deadline = Date.now() + readyTimeoutMs
  while (running && Date.now() < deadline) {
    const response = await fetch(readyUrl).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok) return { child, directory, stop } satisfies Daemon
    await delay(50)
  }
  await stop()
  throw new Error(
    `${command} did not start (Debian: apt-get install --no-install-recommends ${debianPackage}):\n${output}`,
  )
}
