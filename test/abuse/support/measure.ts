import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Attack } from '../attacks/attack.ts'
import type { Row } from './report.ts'
import { memoryLimitMiB, type Target } from './target.ts'
import { callAsVictim, type Latencies, percentile } from './victim.ts'
import { startWatch } from './watch.ts'

const rounds = 20
/** How much slower the victim's p99 may become. */
const allowedMs = 1_000
/** How much more the heap may hold after an attack and a garbage collection, and how long that may take. */
const keptMiB = 24
const memoryReturnMs = 10_000

/** Latencies of an undisturbed caller, once the server has compiled its code. */
export async function measureUndisturbed({ server, createClient }: Target): Promise<Latencies> {
  const client = await createClient()
  const call = () => callAsVictim(client, { serverPid: server.pid, rounds, isOver: () => true })
  await call()
  const latencies = await call()
  client.close()
  assert.deepEqual(latencies.wrong, [])
  return latencies
}

/** Runs an attack while another caller calls, and compares with undisturbed calls. */
export async function underAttack(
  target: Target,
  attack: Attack,
  before: Latencies,
): Promise<{ readonly row: Row; readonly problems: readonly string[] }> {
  const { server, mode } = target
  const problems: string[] = []
  const [attacker, victim] = [await target.createClient(), await target.createClient()]
  const serverPid = server.pid
  const heldBefore = await heldMiB(target)

  const watch = startWatch(target)
  let isOver = false
  const attacked = attack
    .run(attacker, target)
    .catch((error: Error) => {
      problems.push(`the attack was not refused as expected: ${error.message.slice(0, 500)}`)
      return 'see the failure'
    })
    .finally(() => {
      isOver = true
    })
  const during = await callAsVictim(victim, { serverPid, rounds, isOver: () => isOver })
  const responses = await attacked
  attacker.close()
  target.api.setFault(undefined)
  const { failures, probes, peakMemoryMiB } = await watch.stop()
  victim.close()

  problems.push(...during.wrong, ...failures)
  for (const call of ['ping', 'fetch'] as const) {
    const [p99Before, p99During] = [percentile(before[call], 99), percentile(during[call], 99)]
    if (!(p99During <= p99Before + allowedMs))
      problems.push(`p99 of ${call} rose from ${p99Before.toFixed(0)} to ${p99During.toFixed(0)} ms`)
  }
  if (peakMemoryMiB > memoryLimitMiB)
    problems.push(`${peakMemoryMiB.toFixed(0)} MiB of memory exceed the container's ${memoryLimitMiB}`)
  if (server.isRunning()) problems.push(...(await memoryProblems(target, heldBefore)))
  if (!server.isRunning()) problems.push(`the process ended: ${server.stderr().slice(0, 300)}`)

  const row: Row = {
    attack: attack.name,
    mode,
    pingBefore: summary(before.ping),
    pingDuring: summary(during.ping),
    fetchBefore: summary(before.fetch),
    fetchDuring: summary(during.fetch),
    probes: failures.length === 0 ? `${probes} × 200` : `${failures.length} of ${probes} failed`,
    peakMemoryMiB,
    responses,
    refusedBy: attack.refusedBy,
  }
  return { row, problems: [...new Set(problems)].slice(0, 10) }
}

const summary = (latencies: readonly number[]) =>
  `${percentile(latencies, 50).toFixed(0)} / ${percentile(latencies, 99).toFixed(0)}`

/** Memory in use after a garbage collection. */
async function heldMiB({ server }: Target): Promise<number> {
  const { heapUsed, external } = await server.probe()
  return (heapUsed + external) / 1_024 / 1_024
}

async function memoryProblems(target: Target, heldBefore: number): Promise<string[]> {
  const untilMs = performance.now() + memoryReturnMs
  let held = await heldMiB(target)
  while (held > heldBefore + keptMiB && performance.now() < untilMs) {
    await delay(500)
    held = await heldMiB(target)
  }
  return held > heldBefore + keptMiB
    ? [`${(held - heldBefore).toFixed(0)} MiB were not released within ${memoryReturnMs / 1_000} s`]
    : []
}
