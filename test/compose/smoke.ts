/**
 * Starts the whole compose stack, checks it from outside and removes it with its volumes. Needs Docker with
 * Compose v2, so it is not part of `npm test`.
 */
import { abortAfter } from '../conformance/command.ts'
import { checks } from './checks.ts'
import { createStack } from './compose.ts'

const started = Date.now()
const stack = await createStack(abortAfter(15 * 60_000))
let passed = 0
let failed = 0
// An unhandled rejection must not end the process before the containers are removed.
process.on('unhandledRejection', (error) => {
  failed += 1
  console.log(`FAILED  unhandled: ${error}`)
})

async function attempt(name: string, check: () => Promise<string | undefined>): Promise<boolean> {
  const startedAt = Date.now()
  try {
    const note = await check()
    passed += 1
    console.log(
      `ok      ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)${note ? `: ${note}` : ''}`,
    )
    return true
  } catch (error) {
    failed += 1
    console.log(`FAILED  ${name}\n  ${error instanceof Error ? error.message : error}`)
    return false
  }
}

try {
  const up = await attempt('starts with every service healthy', async () => {
    await stack.compose('up', '--detach', '--build', '--wait', '--wait-timeout', '300')
    return undefined
  })
  if (up) for (const [name, check] of Object.entries(checks)) await attempt(name, () => check(stack))
  if (failed > 0) console.log(await stack.compose('logs', '--tail', '5').catch(String))
} finally {
  await attempt('removes all containers and volumes', async () => {
    await stack.compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '40')
    return undefined
  })
}
console.log(`finished in ${Math.round((Date.now() - started) / 1000)} s`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
