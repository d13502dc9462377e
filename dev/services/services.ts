import { join } from 'node:path'
import { claimCheckout } from '../launcher/launcher-record.ts'
import { createLifeline, type Lifeline } from '../launcher/lifeline.ts'
import { stateDir } from '../lib/paths.ts'
import { domainServices } from './domain.ts'
import { startPostgres } from './embedded-postgres.ts'
import { startRedis } from './embedded-redis.ts'
import type { Service } from './service.ts'

export type RunningServices = {
  /** Variables to add to the server's environment. */
  env: Record<string, string>
  /** Product and version of each service, for display. */
  engines: Record<string, string>
  /** Guards further processes of this launcher. */
  lifeline: Lifeline
  stop(): Promise<void>
}

export type StartServicesOptions = {
  /** MCP endpoint of this launcher, for the error of a second launcher. */
  serverUrl?: string
  /** Runs before the first service starts; throws to abort. */
  preflight?: () => Promise<void>
}

/**
 * Starts the services that the environment does not configure.
 *
 * @throws ExpectedError if another launcher of this checkout runs or a service does not start; nothing is left
 * running then
 */
export async function startServices({
  serverUrl,
  preflight,
}: StartServicesOptions = {}): Promise<RunningServices> {
  const record = await claimCheckout(serverUrl)
  const lifeline = createLifeline((children) => record.update({ children }))
  const started: Service[] = []
  const env: Record<string, string> = {}
  const engines: Record<string, string> = {}
  const given: string[] = []

  async function stop() {
    for (const service of started.splice(0).reverse()) await service.stop()
    lifeline.close()
    record.remove()
  }

  async function provide(name: string, variable: string, start: () => Promise<Service | string>) {
    engines[name] = `set by ${variable}`
    if (process.env[variable]) {
      given.push(variable)
      return
    }
    const service = await start()
    engines[name] = typeof service === 'string' ? service : service.engine
    if (typeof service === 'string') return
    started.push(service)
    env[variable] = service.url
  }

  try {
    await preflight?.()
    // Settle all before failing, so that no service starts after the cleanup.
    const results = await Promise.allSettled([
      provide('Database', 'DATABASE_URL', () =>
        startPostgres({ dataDir: join(stateDir, 'postgres'), lifeline }),
      ),
      provide('Redis', 'REDIS_URL', () => startRedis({ lifeline })),
      ...domainServices.map(({ name, variable, start }) => provide(name, variable, start)),
    ])
    for (const result of results) if (result.status === 'rejected') throw result.reason
    record.update({ state: 'ready', env, given })
    return { env, engines, lifeline, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
