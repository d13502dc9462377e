/**
 * Simulated users for a running server, so that dashboards have something to show.
 * Needs @modelcontextprotocol/client and nothing else of this repository: the image holds this folder alone.
 */
import { setMaxListeners } from 'node:events'
import { createCourtesy } from './courtesy.ts'
import { type DemoOptions, readOptions, UsageError, usage } from './options.ts'
import { createPatience } from './patience.ts'
import { plan } from './plan.ts'
import { createRandom } from './random.ts'
import { createTally } from './tally.ts'
import { runListener, runUser, type World } from './user.ts'
import { visitorAt } from './visitors.ts'

const log = (line: string) => console.log(`${new Date().toISOString()} demo: ${line}`)

async function run({ url, seed, users, rate, ...options }: DemoOptions): Promise<void> {
  const stopping = new AbortController()
  // Every waiting user listens to it.
  setMaxListeners(0, stopping.signal)
  const stop = () => stopping.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  const ending = options.durationMs === undefined ? undefined : setTimeout(stop, options.durationMs)
  const tally = createTally()
  const summaries = setInterval(() => log(tally.summary()), options.summaryEveryMs)

  const world: World = {
    url,
    tally,
    patience: createPatience(log),
    courtesy: createCourtesy(options.externalEveryMs),
    signal: stopping.signal,
  }
  log(`${users} users, ${rate} calls a second, seed ${seed}, ${url.href}`)
  const meanThinkMs = (users / rate) * 1_000
  const lives = Array.from({ length: users }, (_, index) => {
    const visitor = visitorAt(index)
    const visits = plan(createRandom(seed, index), meanThinkMs)
    return [runUser(visitor, visits, world), ...(visitor.listens ? [runListener(visitor, world)] : [])]
  }).flat()

  // None ends by itself: each rejects when it is told to stop, or because of a mistake in this program.
  const failed = await Promise.race(lives).then(
    () => undefined,
    (error: unknown) => (stopping.signal.aborted ? undefined : error),
  )
  stop()
  await Promise.allSettled(lives)
  clearTimeout(ending)
  clearInterval(summaries)
  log(`stopped; in all ${tally.total()}`)
  if (failed !== undefined) throw failed
}

try {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options === undefined) console.log(usage)
  else await run(options)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
