import { constants } from 'node:os'
import type { AuthMode } from '../../src/http/pages/client-setup.ts'
import { log } from '../lib/command.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'
import { waitFor } from '../lib/wait-for.ts'
import { startServices } from '../services/services.ts'
import { announcement } from './announcement.ts'
import { type Child, type Exit, killGroup, startChild } from './child.ts'
import type { Lifeline } from './lifeline.ts'
import { acceptsConnections, listenProblem } from './loopback-port.ts'
import { aborted, stopRequests } from './stop-requests.ts'
import { startTelemetryInbox, type TelemetryInbox } from './telemetry-inbox.ts'

export type LaunchOptions = {
  env: NodeJS.ProcessEnv
  /** Node arguments of the migration job and of the server. */
  migrate?: string[]
  main?: string[]
}

const slowStartMs = 10_000
const mainGraceMs = 15_000
const migrateGraceMs = 5_000

/**
 * Runs the server with the services it needs until it exits or the user stops it.
 *
 * @returns the exit code
 */
export async function launch({
  env,
  migrate = ['dist/commands/migrate.js'],
  main = ['--import', './dist/telemetry/register.js', 'dist/main.js'],
}: LaunchOptions): Promise<number> {
  const { port, host, publicUrl } = addressOf(env)
  let lifeline: Lifeline | undefined
  const stopping = stopRequests(() => {
    for (const { pid } of lifeline?.guarded() ?? []) killGroup(pid)
    process.exit(130)
  })

  const services = await startServices({
    serverUrl: `${publicUrl}/mcp`,
    preflight: () => assertPortIsFree(port, host),
  })
  lifeline = services.lifeline
  const common = { cwd: checkout, env: { ...env, ...services.env }, lifeline, stopSignal: 'SIGTERM' } as const
  let inbox: TelemetryInbox | undefined
  try {
    if (stopping.aborted) return 0
    const job = startChild(process.execPath, migrate, { ...common, stdio: ['ignore', 'pipe', 'pipe'] })
    const migrated = await exitOrStop(job, stopping, migrateGraceMs)
    if (!migrated) return 0
    if (migrated.code !== 0) {
      log(`${job.output().trim()}\nDatabase migration failed (${describeExit(migrated)}).`)
      return 1
    }

    inbox = await startTelemetryInbox(env)
    const server = startChild(process.execPath, main, {
      ...common,
      env: { ...common.env, ...inbox?.env },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const notice = setTimeout(() => log(`Still waiting for the server on port ${port}.`), slowStartMs)
    const isListening = await waitFor(() => acceptsConnections(port, host), {
      while: () => server.isRunning() && !stopping.aborted,
    })
    clearTimeout(notice)
    if (isListening && server.isRunning()) {
      // A server with another AUTH_MODE does not start.
      const authMode = (env.AUTH_MODE || 'none') as AuthMode
      log(announcement({ publicUrl, authMode, engines: services.engines, inbox: inbox !== undefined }))
    }
    const exit = await exitOrStop(server, stopping, mainGraceMs)
    if (!exit) return 0
    log(`The server exited (${describeExit(exit)}).`)
    return exitCode(exit)
  } finally {
    await inbox?.stop()
    await services.stop()
  }
}

/** Waits for the exit of a child; on a stop request, stops it and returns undefined. */
async function exitOrStop(child: Child, stopping: AbortSignal, graceMs: number): Promise<Exit | undefined> {
  const exit = await Promise.race([child.exited, aborted(stopping)])
  if (exit) return exit
  log('\nStopping …')
  await child.stop(graceMs)
  return undefined
}

function addressOf(env: NodeJS.ProcessEnv): { port: number; host: string; publicUrl: string } {
  const port = Number(env.PORT || 8080)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new ExpectedError(`PORT must be a number from 1 to 65535, not "${env.PORT}".`)
  const publicUrl = (env.PUBLIC_URL || `http://localhost:${port}`).replace(/\/+$/, '')
  const host = env.HOST || '127.0.0.1'
  // The wildcard address is not a destination on every system.
  return { port, host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, publicUrl }
}

async function assertPortIsFree(port: number, host: string): Promise<void> {
  const problem = await listenProblem(port, host)
  if (problem === undefined) return
  const reason = problem === 'EADDRINUSE' ? 'is in use' : `cannot be used (${problem})`
  throw new ExpectedError(`Port ${port} ${reason}. Set PORT to another one.`)
}

const describeExit = ({ code, signal, error }: Exit) => error?.message ?? signal ?? `code ${code}`

export function exitCode({ code, signal }: Exit): number {
  return code ?? (signal ? 128 + constants.signals[signal] : 1)
}
