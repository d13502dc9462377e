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

interface Lane {
  readonly gateway: Gateway | undefined
  readonly servers: readonly ServerProcess[]
  readonly measured: { readonly cpuMicros: number; readonly requestsPerSecond: number }[]
}

const rounds = 7
const requests = 1_500

/** Alternates between one replica, one behind the shipped gateway, and two behind another one. Needs haproxy. */
export async function costBehindGateway(context: ProductContext): Promise<GatewayCost[]> {
  const lanes: Lane[] = []
  try {
    lanes.push(await startLane(['127.0.0.1'], context, { isDirect: true }))
    for (const addresses of [['127.0.0.2'], ['127.0.0.3', '127.0.0.4']])
      lanes.push(await startLane(addresses, context))
    // The first round is the warm-up.
    for (let round = 0; round <= rounds; round++) for (const lane of lanes) await measureRound(lane)
  } finally {
    for (const { gateway, servers } of lanes)
      await Promise.all([gateway?.stop(), ...servers.map((server) => server.stop())])
  }
  return lanes.map(({ gateway, servers, measured }) => ({
    gateways: gateway ? 1 : 0,
    replicas: servers.length,
    cpuMicros: spread(measured.slice(1).map(({ cpuMicros }) => cpuMicros)),
    requestsPerSecond: spread(measured.slice(1).map(({ requestsPerSecond }) => requestsPerSecond)),
  }))
}

async function startLane(
  addresses: readonly string[],
  context: ProductContext,
  { isDirect = false } = {},
): Promise<Lane> {
  const [port, opsPort] = [await freePort(), await freePort()]
  const gateway = isDirect ? undefined : await startGateway({ addresses, port, opsPort })
  const command = productCommand(fullSettings, context)
  const replica = (host: string): ServerCommand => ({
    ...command,
    listen: { host, port, readyPort: opsPort },
    env: () => ({
      ...command.env?.(port),
      HOST: host,
      OPS_PORT: String(opsPort),
      PUBLIC_URL: gateway?.mcpUrl.origin ?? `http://127.0.0.1:${port}`,
      TRUSTED_PROXY_HOPS: '1',
    }),
  })
  const servers = []
  for (const host of addresses) servers.push(await startServerProcess(replica(host)))
  await gateway?.untilReady(servers.length)
  return { gateway, servers, measured: [] }
}

async function measureRound({ gateway, servers, measured }: Lane): Promise<void> {
  const load = await connectLoad({
    port: Number(gateway?.mcpUrl.port ?? servers[0]?.port),
    era: 'modern',
    connections: 16,
    rpc: echo,
  })
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
