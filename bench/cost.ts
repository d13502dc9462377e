import { connectLoad, type LoadOptions } from './load.ts'
import type { ServerProcess } from './server-process.ts'

/** Microseconds of CPU time per request. */
export async function cost(
  server: ServerProcess,
  options: Omit<LoadOptions, 'port' | 'era'>,
  requests: number,
): Promise<number> {
  const load = await connectLoad({ ...options, port: server.port, era: 'modern' })
  const before = await server.ask('usage')
  await load.run(requests)
  const after = await server.ask('usage')
  load.close()
  return (after.cpuMicros - before.cpuMicros) / requests
}
