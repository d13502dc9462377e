/**
 * Simulates users of a running server, as demo traffic for the dashboards. options.ts lists the variables.
 * Imports nothing outside this folder but @modelcontextprotocol/client: the image holds nothing else.
 */
import { OptionsError, readOptions } from './options.ts'
import { createTally } from './tally.ts'
import { runUsers } from './user.ts'

const summaryEveryMs = 30_000
const log = (line: string) => console.log(`${new Date().toISOString()} demo: ${line}`)

try {
  const options = readOptions(process.env)
  const { add, summary } = createTally()
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
  const summaries = setInterval(() => log(summary()), summaryEveryMs)
  log(`${options.users} users, ${options.callsPerSecond} calls a second, ${options.url.href}`)
  await runUsers({ ...options, onResult: add, signal: stopping.signal }).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error
  })
  clearInterval(summaries)
  log(`stopped; ${summary()}`)
} catch (error) {
  console.error(error instanceof OptionsError ? error.message : error)
  process.exit(error instanceof OptionsError ? 2 : 1)
}
