import { setImmediate as nextTurn } from 'node:timers/promises'
import { loadConfig } from './config/config.ts'
import { readEnvironment, run } from './config/environment.ts'
import { createServer } from './server.ts'
import { installShutdown } from './shutdown.ts'

await run(async () => {
  const { listen, shutdown } = await createServer(loadConfig(readEnvironment(), process.stdout.isTTY))
  // Delivers a signal that arrived while the server was built; it ends the process at once.
  await nextTurn()
  // Before listening, so that no signal can interrupt a request.
  installShutdown(shutdown)
  await listen()
})
