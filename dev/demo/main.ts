/**
 * Simulates users of a running server, as demo traffic for the dashboards. options.ts lists the variables.
 * Imports nothing outside this folder but @modelcontextprotocol/client: the image holds nothing else.
 */
import { OptionsError, readOptions } from './options.ts'
import { createTally } from './tally.ts'
import { runUsers } from './user.ts'

const log = (line: string) => console.log(`${new Date().toISOString()} demo: ${line}`)

try {
  const { durationMs, summaryEveryMs, ...options } = readOptions(process.env)
  const { url, users, callsPerSecond, seed } = options
  const tally = createTally()
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
  if (durationMs !== undefined) setTimeout(() => stopping.abort(), durationMs).unref()
  const summaries = setInterval(() => log(tally.summary()), summaryEveryMs)
  log(`${users} users, ${callsPerSecond} calls a second, seed ${seed}, ${url.href}`)
  await runUsers({ ...options, tally, signal: stopping.signal }).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error
  })
  clearInterval(summaries)
  log(`stopped; ${tally.summary()}`)
} catch (error) {
  console.error(error instanceof OptionsError ? error.message : error)
  process.exit(error instanceof OptionsError ? 2 : 1)
}
