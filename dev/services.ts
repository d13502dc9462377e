import { join } from 'node:path'
import { startPostgres } from './embedded-postgres.ts'
import { startRedis } from './embedded-redis.ts'
import { claimCheckout } from './launcher-record.ts'
import { createLifeline, type Lifeline } from './lifeline.ts'
import { stateDir } from './paths.ts'
import { startSampleApi } from './sample-api.ts'
import type { Service } from './service.ts'
import { wikipedia, wikipediaIsReachable } from './wikipedia-reachable.ts'

export type RunningServices = {
  /** What the server's environment lacks; EXTERNAL_API_URL is left out where Wikipedia is reachable. */
  env: Record<string, string>
  engines: { database: string; redis: string; external_api: string }
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
 * Starts what `env` does not name: DATABASE_URL, REDIS_URL, EXTERNAL_API_URL.
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

  async function externalApi(): Promise<Service | string> {
    if (await wikipediaIsReachable()) return `Wikipedia (${wikipedia})`
    log(sampleDataWarning)
    return startSampleApi()
  }

  try {
    await preflight?.()
    const [database, redis, external_api] = await allOrFirstError([
      provide('DATABASE_URL', () => startPostgres({ dataDir: join(stateDir, 'postgres'), lifeline, log })),
      provide('REDIS_URL', () => startRedis({ lifeline, env })),
      provide('EXTERNAL_API_URL', externalApi),
    ])
    record.update({ state: 'ready', env: additions, given })
    return { env: additions, engines: { database, redis, external_api }, lifeline, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Like Promise.all, but waits for the others before it throws, so that none starts behind our back. */
async function allOrFirstError<T extends readonly unknown[]>(
  promises: {
    [K in keyof T]: Promise<T[K]>
  },
): Promise<T> {
  const results = await Promise.allSettled(promises)
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return Promise.all(promises) as Promise<T>
}

const sampleDataWarning = `
WARNING: ${wikipedia} cannot be reached from here.
The external API is a local stand-in: search_wikipedia returns SAMPLE DATA, a few
dozen short entries written for this project, and no results of Wikipedia.
To change that, start again with a network, or set EXTERNAL_API_URL, in .env say,
to a server that offers the same search.
`
