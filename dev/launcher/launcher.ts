import { constants } from 'node:os'
import type { AuthMode } from '../../src/http/pages/client-setup.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { checkout, stateDir } from '../lib/paths.ts'
import { waitFor } from '../lib/wait-for.ts'
import { type RunningServices, startServices } from '../services/services.ts'
import { announcement } from './announcement.ts'
import { type Child, type Exit, killGroup, startChild } from './child.ts'
import { acceptsConnections, listenProblem } from './loopback-port.ts'
import { watchProgress } from './progress.ts'
import { aborted, stopRequests } from './stop-requests.ts'
import {
  forgetInbox,
  startTelemetryInbox,
  type TelemetryInbox,
  telemetryIsConfigured,
} from './telemetry-inbox.ts'

export type LaunchOptions = {
  env: NodeJS.ProcessEnv
  log: (text: string) => void
  /** Arguments for Node: the job that prepares the database, and the server. */
  migrate?: string[]
  main?: string[]
  /** Gives up a server that does not listen and has made no progress for this long. */
  stallMs?: number
}

const defaultStallMs = 60_000
const mainGraceMs = 15_000
const migrateGraceMs = 5_000

/**
 * Runs the server with everything it needs until it ends or the user stops it.
 *
 * @returns the exit code for this process
 */
export async function launch({
  env,
  log,
  migrate = ['dist/commands/migrate.js'],
  main = ['--import', './dist/telemetry/register.js', 'dist/main.js'],
  stallMs = defaultStallMs,
}: LaunchOptions): Promise<number> {
  const { port, host, publicUrl } = address(env)
  let services: RunningServices | undefined
  const stopping = stopRequests(() => {
    for (const { pid } of services?.lifeline.guarded() ?? []) killGroup(pid)
    process.exit(130)
  })

  services = await startServices({
    env,
    log,
    serverUrl: `${publicUrl}/mcp`,
    preflight: () => assertPortIsFree(port, host),
  })
  const common = {
    cwd: checkout,
    env: { ...env, ...services.env },
    lifeline: services.lifeline,
    stopSignal: 'SIGTERM',
  } as const
  let inbox: TelemetryInbox | undefined
  try {
    if (stopping.aborted) return 0
    const job = startChild(process.execPath, migrate, { ...common, stdio: ['ignore', 'pipe', 'pipe'] })
    const migrated = await exitOrStop(job, stopping, migrateGraceMs)
    if (!migrated) return 0
    if (migrated.code !== 0) {
      log(`${job.output().trim()}\nThe database could not be prepared (${describeExit(migrated)}).`)
      return 1
    }

    if (telemetryIsConfigured(env)) forgetInbox(stateDir)
    else inbox = await startTelemetryInbox(stateDir)
    const server = startChild(process.execPath, main, {
      ...common,
      env: { ...common.env, ...inbox?.env },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const makesProgress = watchProgress({
      pid: server.pid ?? 0,
      awaited: `the server to listen on port ${port}`,
      log,
      stallMs,
    })
    const isListening = await waitFor(
      async () => (await acceptsConnections(port, connectable(host))) || undefined,
      { while: () => server.isRunning() && !stopping.aborted && makesProgress() },
    )
    if (isListening && server.isRunning())
      log(
        announcement({
          publicUrl,
          // The server listens, so it is one of them.
          authMode: (env.AUTH_MODE || 'none') as AuthMode,
          engines: services.engines,
          inbox: inbox !== undefined,
        }),
      )
    else if (server.isRunning() && !stopping.aborted) {
      log(`The server does not listen on port ${port} and has made no progress for ${stallMs / 1000} s.`)
      await server.stop(mainGraceMs)
      return 1
    }
    const exit = await exitOrStop(server, stopping, mainGraceMs, () => log('\nStopping …'))
    if (!exit) return 0
    log(`The server ended by itself (${describeExit(exit)}).`)
    return exitCode(exit)
  } finally {
    await inbox?.stop()
    await services.stop()
  }
}

/** How the child ended, or undefined when the user asked to stop, which it then did. */
async function exitOrStop(
  child: Child,
  stopping: AbortSignal,
  graceMs: number,
  onStop: () => void = () => {},
): Promise<Exit | undefined> {
  const exit = await Promise.race([child.exited, aborted(stopping)])
  if (exit) return exit
  onStop()
  await child.stop(graceMs)
  return undefined
}

function address(env: NodeJS.ProcessEnv): { port: number; host: string; publicUrl: string } {
  const port = Number(env.PORT || 8080)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ExpectedError(`PORT must be a number from 1 to 65535, not "${env.PORT}".`)
  }
  const publicUrl = (env.PUBLIC_URL || `http://localhost:${port}`).replace(/\/+$/, '')
  return { port, host: env.HOST || '127.0.0.1', publicUrl }
}

async function assertPortIsFree(port: number, host: string): Promise<void> {
  const problem = await listenProblem(port, connectable(host))
  if (problem === undefined) return
  const reason =
    problem === 'EADDRINUSE' ? `Port ${port} is taken` : `Port ${port} cannot be used (${problem})`
  throw new ExpectedError(`${reason}. Choose another one: PORT=${port + 1} npm start`)
}

/** The address that reaches a server on this host: "every interface" is not one. */
const connectable = (host: string) => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host)

const describeExit = ({ code, signal, error }: Exit) =>
  error?.message ?? (signal ? `by ${signal}` : `code ${code}`)

export function exitCode({ code, signal }: Exit): number {
  return code ?? (signal ? 128 + constants.signals[signal] : 1)
}
