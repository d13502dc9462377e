/** `npm start`: runs the built server, with the services it lacks. */
import { launch } from '../launcher/launcher.ts'
import { loadEnv, runMain } from '../lib/command.ts'

await runMain(() => {
  loadEnv()
  return launch({ env: process.env })
})
process.exit()
