/**
 * Brings the whole compose stack up, looks at it from outside, and takes it away again, volumes included. It has
 * a project name and ports of its own. Needs Docker with Compose v2; nothing of it is in `npm test`.
 */
import { boundedBy } from '../conformance/command.ts'
import { checks } from './checks.ts'
import { createStack } from './compose.ts'

const started = Date.now()
const stack = await createStack(boundedBy(15 * 60_000))
let passed = 0
let failed = 0
// A mistake in a check must not end the process before the containers are gone.
process.on('unhandledRejection', (error) => {
  failed += 1
  console.log(`FAILED  unhandled: ${error}`)
})

async function attempt(name: string, check: () => Promise<string | undefined>): Promise<boolean> {
  const from = Date.now()
  try {
    const note = await check()
    passed += 1
    console.log(`ok      ${name} (${((Date.now() - from) / 1000).toFixed(1)} s)${note ? `: ${note}` : ''}`)
    return true
  } catch (error) {
    failed += 1
    console.log(`FAILED  ${name}\n  ${error instanceof Error ? error.message : error}`)
    return false
  }
}

try {
  const up = await attempt('comes up, every service healthy', async () => {
    await stack.compose('up', '--detach', '--build', '--wait', '--wait-timeout', '300')
    return undefined
  })
  if (up) for (const [name, check] of Object.entries(checks)) await attempt(name, () => check(stack))
  if (failed > 0) console.log(await stack.compose('logs', '--tail', '5').catch(String))
} finally {
  await attempt('goes away, volumes included', async () => {
    await stack.compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '40')
    return undefined
  })
}
console.log(`in ${Math.round((Date.now() - started) / 1000)} s`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
