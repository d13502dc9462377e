import { setImmediate as turnOfEventLoop } from 'node:timers/promises'
import { loadConfig } from './config/config.ts'
import { readEnvironment, run } from './config/environment.ts'
import { createServer } from './server.ts'
import { installShutdown } from './shutdown.ts'

await run(async () => {
  const { listen, shutdown } = await createServer(loadConfig(readEnvironment(), process.stdout.isTTY))
  // A signal that came while the server was being built is delivered here and ends the process at once.
  await turnOfEventLoop()
  // Before listening, so that no signal can interrupt a request.
  installShutdown(shutdown)
  await listen()
})
