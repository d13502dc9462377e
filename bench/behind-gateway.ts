import { freePort } from '../dev/launcher/loopback-port.ts'
import { type Gateway, startGateway } from '../test/support/gateway/gateway.ts'
import { connectLoad } from './load.ts'
import { fullSettings, type ProductContext, productCommand } from './product.ts'
import { echo } from './rpc.ts'
import { type ServerCommand, type ServerProcess, startServerProcess } from './server-process.ts'
import { type Spread, spread } from './statistics.ts'

export interface GatewayCost {
  /** 0: called directly, without the gateway. */
  readonly gateways: 0 | 1
  readonly replicas: number
  /** Per call, of all replicas in total. */
  readonly cpuMicros: Spread
  readonly requestsPerSecond: Spread
}

/** Replicas of a server, and the gateway in front of them. */
export interface Replicas {
  readonly gateway: Gateway | undefined
  readonly servers: readonly ServerProcess[]
  /** Where callers connect. */
  readonly port: number
  stop(): Promise<void>
}

interface Lane extends Replicas {
  readonly measured: { readonly cpuMicros: number; readonly requestsPerSecond: number }[]
}

const rounds = 7
const requests = 1_500

/** Alternates between one replica, one behind the shipped gateway, and two behind another one. Needs haproxy. */
export async function costBehindGateway(context: ProductContext): Promise<GatewayCost[]> {
  const lanes: Lane[] = []
  const command = productCommand(fullSettings, context)
  try {
    for (const addresses of [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.3', '127.0.0.4']]) {
      const replicas = await startReplicas(command, addresses, { isDirect: lanes.length === 0 })
      lanes.push({ ...replicas, measured: [] })
    }
    // The first round is the warm-up.
    for (let round = 0; round <= rounds; round++) for (const lane of lanes) await measureRound(lane)
  } finally {
    for (const { stop } of lanes) await stop()
  }
  return lanes.map(({ gateway, servers, measured }) => ({
    gateways: gateway ? 1 : 0,
    replicas: servers.length,
    cpuMicros: spread(measured.slice(1).map(({ cpuMicros }) => cpuMicros)),
    requestsPerSecond: spread(measured.slice(1).map(({ requestsPerSecond }) => requestsPerSecond)),
  }))
}

/** @param addresses of loopback, one per replica; their port numbers are equal */
export async function startReplicas(
  command: ServerCommand,
  addresses: readonly string[],
  { isDirect = false } = {},
): Promise<Replicas> {
  const [port, opsPort] = [await freePort(), await freePort()]
  const gateway = isDirect ? undefined : await startGateway({ addresses, port, opsPort })
  const replica = (host: string): ServerCommand => ({
    ...command,
    ...(command.logFile !== undefined && { logFile: `${command.logFile}.${host}-${port}` }),
    listen: { host, port, readyPort: opsPort },
    env: () => ({
      ...command.env?.(port),
      HOST: host,
      OPS_PORT: String(opsPort),
      PUBLIC_URL: gateway?.mcpUrl.origin ?? `http://127.0.0.1:${port}`,
      TRUSTED_PROXY_HOPS: '1',
    }),
  })
  const servers: ServerProcess[] = []
  for (const host of addresses) servers.push(await startServerProcess(replica(host)))
  await gateway?.untilReady(servers.length)
  return {
    gateway,
    servers,
    port: Number(gateway?.mcpUrl.port ?? port),
    stop: async () => void (await Promise.all([gateway?.stop(), ...servers.map((server) => server.stop())])),
  }
}

async function measureRound({ port, servers, measured }: Lane): Promise<void> {
  const load = await connectLoad({ port, era: 'modern', connections: 16, rpc: echo })
  const before = await totalCpuMicros(servers)
  const { seconds } = await load.run(requests)
  const cpuMicros = ((await totalCpuMicros(servers)) - before) / requests
  load.close()
  measured.push({ cpuMicros, requestsPerSecond: requests / seconds })
}

async function totalCpuMicros(servers: readonly ServerProcess[]): Promise<number> {
  const usages = await Promise.all(servers.map((server) => server.usage()))
  return usages.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0)
}
