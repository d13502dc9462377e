import { connectLoad, type LoadOptions } from './load.ts'
import type { ServerProcess } from './server-process.ts'

/** CPU time per request, in microseconds. */
export async function cost(
  server: ServerProcess,
  options: Omit<LoadOptions, 'port' | 'era'>,
  requests: number,
): Promise<number> {
  const load = await connectLoad({ ...options, port: server.port, era: 'modern' })
  const before = await server.usage()
  await load.run(requests)
  const after = await server.usage()
  load.close()
  return (after.cpuMicros - before.cpuMicros) / requests
}
