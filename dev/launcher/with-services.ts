/**
 * `with-services.ts COMMAND ARGS…` runs a command that needs the database or Redis: with those of the
 * launcher that runs in this checkout, else with its own for as long as the command takes.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describeError, ExpectedError } from '../lib/expected-error.ts'
import { checkout, stateDir } from '../lib/paths.ts'
import { waitFor } from '../lib/wait-for.ts'
import { startServices } from '../services/services.ts'
import { exitCode } from './launcher.ts'
import { type LauncherRecord, liveLauncher } from './launcher-record.ts'
import type { Lifeline } from './lifeline.ts'
import { loadEnv } from './load-env.ts'

const log = (text: string) => process.stderr.write(`${text}\n`)

/** The launcher of this checkout, once its services answer; undefined when none runs. */
async function runningLauncher(): Promise<LauncherRecord | undefined> {
  // Its own waits are bounded: it becomes ready, or it ends.
  await waitFor(() => liveLauncher(stateDir)?.state !== 'starting' || undefined, { everyMs: 100 })
  return liveLauncher(stateDir)
}

function environmentOf({ pid, env, given }: LauncherRecord): NodeJS.ProcessEnv {
  const missing = given.filter((name) => !process.env[name])
  if (missing.length > 0) {
    throw new ExpectedError(
      `The server that runs (process ${pid}) was given ${missing.join(', ')}: set the same here.`,
    )
  }
  const set = Object.entries(process.env).filter(([, value]) => value)
  return { ...env, ...Object.fromEntries(set) }
}

async function run(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  lifeline?: Lifeline,
): Promise<number> {
  const child = spawn(command, args, { env, stdio: 'inherit' })
  if (child.pid !== undefined) lifeline?.guard(child.pid, 'SIGTERM')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A terminal's Ctrl-C has reached the command already: it is in the same process group.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  const [code, signal] = await once(child, 'exit').catch((error) => {
    throw new ExpectedError(`Cannot run ${command}: ${error.message}`)
  })
  if (child.pid !== undefined) lifeline?.release(child.pid)
  return exitCode({ code, signal })
}

async function main([command, ...args]: string[]): Promise<number> {
  if (!command) throw new ExpectedError('Usage: with-services.ts COMMAND ARGS…')
  loadEnv(checkout)
  const launcher = await runningLauncher()
  if (launcher) return run(command, args, environmentOf(launcher))

  const services = await startServices({ env: process.env, log })
  try {
    return await run(command, args, { ...process.env, ...services.env }, services.lifeline)
  } finally {
    await services.stop()
  }
}

try {
  process.exit(await main(process.argv.slice(2)))
} catch (error) {
  log(describeError(error))
  process.exit(1)
}
