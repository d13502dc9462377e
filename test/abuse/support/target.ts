import { readFileSync } from 'node:fs'
import { afterFile } from '../../support/cleanup.ts'
import type { FaultyApi } from '../../support/faulty-api.ts'
import { type ProbedServer, startProbedServer } from '../../support/probed-server.ts'
import type { startStores } from '../../support/stack.ts'
import { type AuthMode, createCallers } from './caller.ts'
import { type Client, createClient } from './client.ts'

/** A server under attack. */
export interface Target {
  readonly mode: AuthMode
  readonly server: ProbedServer
  readonly api: FaultyApi
  /** A client with an address and a credential of its own, so that each has its own rate limits. */
  createClient(): Promise<Client>
}

const deployment = readFileSync('deploy/kubernetes/base/deployment.yaml', 'utf8')
const deployed = (pattern: RegExp): string => {
  const [, value] = pattern.exec(deployment) ?? []
  if (value === undefined) throw new Error(`deploy/kubernetes has no ${pattern}`)
  return value
}

/** The heap limit of `deploy/kubernetes`. */
const nodeOptions = deployed(/NODE_OPTIONS\n\s+value: (--max-old-space-size=\d+)$/m)
/** The memory limit of its container. */
export const memoryLimitMiB = Number(deployed(/limits:\n\s+memory: (\d+)Mi$/m))

type Stores = Awaited<ReturnType<typeof startStores>>

/**
 * Starts the built server with the default limits.
 * @param options.preload URL of a module that the server imports first
 */
export async function startTarget(
  mode: AuthMode,
  { api, env }: Stores,
  { preload }: { preload?: string } = {},
): Promise<Target> {
  const callers = await createCallers(mode, env.DATABASE_URL ?? '')
  const server = await startProbedServer({
    env: {
      ...env,
      ...callers.env,
      NODE_OPTIONS: preload ? `${nodeOptions} --import ${preload}` : nodeOptions,
      // An attack from many addresses names them as a gateway does.
      TRUSTED_PROXY_HOPS: '1',
    },
    onLine: () => undefined,
  })
  afterFile(() => server.stop())
  return {
    mode,
    server,
    api,
    createClient: async () => createClient(server.url, await callers.create(server.url)),
  }
}
