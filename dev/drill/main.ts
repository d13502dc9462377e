/** `npm run drill -- NAME`: injects a fault into the running compose stack, follows the alerts, and repairs it. */
import { stopRequests } from '../launcher/stop-requests.ts'
import { loadEnv } from '../lib/command.ts'
import { describeError, ExpectedError } from '../lib/expected-error.ts'
import { startCallers } from './callers.ts'
import { describeAlert } from './follow-alerts.ts'
import { runDrill } from './run-drill.ts'
import { assertStackRuns, type StackAddresses, stackAddresses, watchStack } from './stack.ts'
import { findDrills, type StackDrill } from './stack-drill.ts'
import { createTimeLine, links } from './time-line.ts'

/** The alerts that drills expect use windows of up to 15 minutes, and `for` and `keep_firing_for` of up to 5. */
const fireWithinMs = 20 * 60_000
const resolveWithinMs = 22 * 60_000

const say = (text: string) => console.log(text)

function list(drills: readonly StackDrill[]): string {
  const restore = { name: 'restore', does: 'injects no fault; repairs all of the above after a killed drill' }
  const width = Math.max(...drills.map(({ name }) => name.length))
  const rows = [...drills, restore].map(({ name, does }) => `  ${name.padEnd(width)}  ${does}`)
  return `npm run drill -- NAME injects a fault into the running compose stack, and repairs it:\n\n${rows.join('\n')}\n`
}

async function perform(drill: StackDrill, addresses: StackAddresses): Promise<void> {
  let callers: ReturnType<typeof startCallers> | undefined
  const signal = stopRequests(() => say('Repairing …'))
  say(`${drill.name}: ${drill.does}.\n${links(drill, addresses)}\n`)
  const { otherAlerts } = await runDrill(
    {
      ...drill,
      async injectFault() {
        await drill.injectFault()
        if (drill.calls) callers = startCallers(new URL(`${addresses.gateway}/mcp`), drill.calls)
      },
      async repair() {
        if (signal.aborted) say('\nRepairing …')
        await callers?.stop()
        await drill.repair()
      },
    },
    {
      watch: watchStack(addresses),
      pollMs: 1_000,
      fireWithinMs,
      resolveWithinMs,
      signal,
      ...createTimeLine(say),
    },
  )
  const unexpected = otherAlerts.filter(({ name }) => name !== 'Watchdog').map(describeAlert)
  if (unexpected.length > 0) say(`\nOther alerts that fired: ${unexpected.join(', ')}.`)
  say('\nDone; the fault is repaired.')
}

try {
  loadEnv()
  const addresses = stackAddresses(process.env)
  const drills = await findDrills()
  const [name, ...rest] = process.argv.slice(2)
  const drill = drills.find((drill) => drill.name === name)
  if (name === undefined) say(list(drills))
  else if (rest.length > 0 || (!drill && name !== 'restore')) {
    throw new ExpectedError(`Unknown drill "${[name, ...rest].join(' ')}".\n\n${list(drills)}`)
  } else {
    await assertStackRuns(addresses)
    if (drill) await perform(drill, addresses)
    else for (const { repair } of drills) await repair()
  }
} catch (error) {
  const stopped = error instanceof Error && error.name === 'AbortError'
  say(`\n${stopped ? 'Stopped; the fault is repaired.' : describeError(error)}`)
  process.exitCode = stopped ? 130 : 1
}
