import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killGroup } from '../dev/launcher/child.ts'
import { freePort } from '../dev/launcher/loopback-port.ts'
import { checkout } from '../dev/lib/paths.ts'
import { waitFor } from '../dev/lib/wait-for.ts'

const startTimeoutMs = 180_000
const stopTimeoutMs = 30_000

/**
 * `npm ci`, which depends on npm's cache and the network, and `npm start` until `/readyz` is 200, in a clone of the last
 * commit. The clone itself is not included.
 */
export async function measureFromClone(): Promise<{ installSeconds: number; startSeconds: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-clone-'))
  // Nothing of this checkout's settings.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      /^(PATH|HOME|USER|LANG|TMPDIR|npm_config_.*|.*_proxy|NODE_EXTRA_CA_CERTS)$/i.test(name),
    ),
  )
  try {
    execFileSync('git', ['clone', '--quiet', checkout, folder])
    const installSeconds = await seconds(async () => {
      execFileSync('npm', ['ci', '--silent'], { cwd: folder, env, stdio: 'inherit' })
    })
    const port = await freePort()
    const options = {
      cwd: folder,
      env: { ...env, PORT: String(port) },
      detached: true,
      stdio: 'ignore',
    } as const
    const server = spawn('npm', ['start'], options)
    const exited = once(server, 'exit')
    const isRunning = () => server.exitCode === null && server.signalCode === null
    try {
      const startSeconds = await seconds(async () => {
        const isReady = () =>
          fetch(`http://127.0.0.1:${port}/readyz`).then(
            ({ ok }) => ok,
            () => false,
          )
        const ready = await waitFor(isReady, {
          timeoutMs: startTimeoutMs,
          while: isRunning,
        })
        if (!ready) throw new Error('npm start in a fresh clone did not become ready')
      })
      return { installSeconds, startSeconds }
    } finally {
      if (server.pid !== undefined && isRunning()) process.kill(-server.pid, 'SIGINT')
      const killing = setTimeout(() => {
        process.stderr.write(`npm start did not stop within ${stopTimeoutMs / 1_000} s\n`)
        killGroup(server.pid)
      }, stopTimeoutMs)
      await exited
      clearTimeout(killing)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 })
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const startedAtMs = performance.now()
  await work()
  return Number(((performance.now() - startedAtMs) / 1_000).toFixed(1))
}
