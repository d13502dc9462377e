import { join } from 'node:path'
import { claimCheckout } from '../launcher/launcher-record.ts'
import { createLifeline, type Lifeline } from '../launcher/lifeline.ts'
import { stateDir } from '../lib/paths.ts'
import { domainServices } from './domain.ts'
import { startPostgres } from './embedded-postgres.ts'
import { startRedis } from './embedded-redis.ts'
import type { Service } from './service.ts'

export type RunningServices = {
  /** What the server's environment lacks. */
  env: Record<string, string>
  /** What answers for each, for people to read. */
  engines: Record<string, string>
  /** Guards further processes of this launcher. */
  lifeline: Lifeline
  stop(): Promise<void>
}

export type StartServicesOptions = {
  env: NodeJS.ProcessEnv
  log: (text: string) => void
  /** Where this launcher's MCP server will be reached, for the message to a second launcher. */
  serverUrl?: string
  /** Runs once the checkout is claimed and before anything starts; it throws to give up. */
  preflight?: () => Promise<void>
}

/**
 * Starts what `env` does not name.
 *
 * @throws ExpectedError when another launcher of this checkout runs or a service does not start; nothing
 * is left running then
 */
export async function startServices({
  env,
  log,
  serverUrl,
  preflight,
}: StartServicesOptions): Promise<RunningServices> {
  const record = await claimCheckout(stateDir, serverUrl)
  const lifeline = createLifeline((children) => record.update({ children }))
  const started: Service[] = []
  const additions: Record<string, string> = {}
  const given: string[] = []

  async function stop() {
    for (const service of started.splice(0).reverse()) await service.stop()
    lifeline.close()
    record.remove()
  }

  /** @returns what answers for this variable; `start` gives a service, or the name of what needs no start */
  async function provide(variable: string, start: () => Promise<Service | string>): Promise<string> {
    if (env[variable]) {
      given.push(variable)
      return `the one that ${variable} names`
    }
    const service = await start()
    if (typeof service === 'string') return service
    started.push(service)
    additions[variable] = service.url
    return service.engine
  }

  try {
    await preflight?.()
    const engines = await allOrFirstError({
      Database: provide('DATABASE_URL', () =>
        startPostgres({ dataDir: join(stateDir, 'postgres'), lifeline, log }),
      ),
      Redis: provide('REDIS_URL', () => startRedis({ lifeline, env })),
      ...Object.fromEntries(
        domainServices.map(({ name, variable, start }) => [name, provide(variable, () => start(log))]),
      ),
    })
    record.update({ state: 'ready', env: additions, given })
    return { env: additions, engines, lifeline, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Waits for all before it throws, so that none starts behind our back. */
async function allOrFirstError(promises: Record<string, Promise<string>>): Promise<Record<string, string>> {
  const results = await Promise.allSettled(Object.values(promises))
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return Object.fromEntries(
    await Promise.all(Object.entries(promises).map(async ([name, promise]) => [name, await promise])),
  )
}
