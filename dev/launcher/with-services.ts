/**
 * `with-services.ts COMMAND ARGS…` runs a command that needs the database or Redis: with the services of the
 * launcher that runs in this checkout, else with its own for the duration of the command.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadEnv, runMain } from '../lib/command.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { waitFor } from '../lib/wait-for.ts'
import { startServices } from '../services/services.ts'
import { exitCode } from './launcher.ts'
import { type LauncherRecord, liveLauncher } from './launcher-record.ts'
import type { Lifeline } from './lifeline.ts'

/** The launcher of this checkout, once its services are ready; undefined if none runs. */
async function runningLauncher(): Promise<LauncherRecord | undefined> {
  // Needs no timeout: a starting launcher becomes ready or exits.
  await waitFor(() => liveLauncher()?.state !== 'starting', { everyMs: 100 })
  return liveLauncher()
}

function environmentOf({ pid, env, given }: LauncherRecord): NodeJS.ProcessEnv {
  const missing = given.filter((name) => !process.env[name])
  if (missing.length > 0) {
    throw new ExpectedError(
      `The running server (process ${pid}) was started with ${missing.join(', ')}: set the same here.`,
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
      // The terminal sends Ctrl-C to the whole process group, which includes the command.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  const [code, signal] = await once(child, 'exit').catch((error) => {
    throw new ExpectedError(`Cannot run ${command}: ${error.message}`)
  })
  if (child.pid !== undefined) lifeline?.release(child.pid)
  return exitCode({ code, signal })
}

await runMain(async () => {
  const [command, ...args] = process.argv.slice(2)
  if (!command) throw new ExpectedError('Usage: with-services.ts COMMAND ARGS…')
  loadEnv()
  const launcher = await runningLauncher()
  if (launcher) return run(command, args, environmentOf(launcher))

  const services = await startServices()
  try {
    return await run(command, args, { ...process.env, ...services.env }, services.lifeline)
  } finally {
    await services.stop()
  }
})
process.exit()
