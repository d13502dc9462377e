/** `npm run drill -- NAME`: breaks a part of the running compose stack, shows the alerts come and go, and restores it. */

import { stopRequests } from '../launcher/stop-requests.ts'
import { loadEnv } from '../lib/command.ts'
import { describeError, ExpectedError } from '../lib/expected-error.ts'
import { startCallers } from './callers.ts'
import { describeAlert } from './follow-alerts.ts'
import { runDrill } from './run-drill.ts'
import { assertStackRuns, type StackAddresses, stackAddresses, watchStack } from './stack.ts'
import { findDrills, type StackDrill } from './stack-drill.ts'
import { createTimeLine, links } from './time-line.ts'

/** What the shipped rules need: a window of 5 minutes, `for` and `keep_firing_for` of up to 2. */
const fireWithinMs = 10 * 60_000
const resolveWithinMs = 12 * 60_000

const say = (text: string) => console.log(text)

function list(drills: readonly StackDrill[]): string {
  const width = Math.max(...drills.map(({ name }) => name.length))
  const rows = drills.map(({ name, does }) => `  ${name.padEnd(width)}  ${does}`)
  return `npm run drill -- NAME breaks a part of the running compose stack, and restores it:\n\n${rows.join('\n')}\n
  ${'restore'.padEnd(width)}  breaks nothing; undoes all of the above, should a drill have been killed\n`
}

async function perform(drill: StackDrill, addresses: StackAddresses): Promise<void> {
  let repairing = false
  let callers: ReturnType<typeof startCallers> | undefined
  const signal = stopRequests(() => say(repairing ? 'Still restoring …' : 'Restoring …'))
  const timeLine = createTimeLine(say)
  say(`${drill.name}: ${drill.does}.\n${links(drill, addresses)}\n`)
  const result = await runDrill(
    {
      ...drill,
      async breakIt() {
        await drill.breakIt()
        if (drill.calls) callers = startCallers(new URL(`${addresses.gateway}/mcp`), drill.calls)
      },
      async repair() {
        repairing = true
        if (signal.aborted) say('\nRestoring …')
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
      ...timeLine,
    },
  )
  const others = result.others.filter(({ name }) => name !== 'Watchdog')
  if (others.length > 0) say(`\nFired besides: ${others.map(describeAlert).join(', ')}.`)
  say('\nDone; everything is as it was.')
}

try {
  loadEnv()
  const addresses = stackAddresses(process.env)
  const drills = await findDrills()
  const [name, ...rest] = process.argv.slice(2)
  const drill = drills.find((drill) => drill.name === name)
  if (name === undefined) say(list(drills))
  else if (rest.length > 0 || (!drill && name !== 'restore')) {
    throw new ExpectedError(`There is no drill "${[name, ...rest].join(' ')}".\n\n${list(drills)}`)
  } else {
    await assertStackRuns(addresses)
    if (drill) await perform(drill, addresses)
    else for (const { repair } of drills) await repair()
  }
} catch (error) {
  const stopped = error instanceof Error && error.name === 'AbortError'
  say(`\n${stopped ? 'Stopped; everything is as it was.' : describeError(error)}`)
  process.exitCode = stopped ? 130 : 1
}
