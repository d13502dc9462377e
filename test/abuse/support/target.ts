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

const deployment = 'deploy/kubernetes/base/deployment.yaml'
const valueIn = (file: string, pattern: RegExp): string => {
  const [, value] = pattern.exec(readFileSync(file, 'utf8')) ?? []
  if (value === undefined) throw new Error(`${file} has no ${pattern}`)
  return value
}

/** The heap limit of `deploy/kubernetes`, and the young generation of the image. */
const nodeOptions = [
  valueIn(deployment, /NODE_OPTIONS\n\s+value: (--max-old-space-size=\d+)$/m),
  valueIn('Dockerfile', /"(--max-semi-space-size=\d+)"/),
].join(' ')
/** The memory limit of its container. */
export const memoryLimitMiB = Number(valueIn(deployment, /limits:\n\s+memory: (\d+)Mi$/m))

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
