import assert from 'node:assert/strict'
import { callByRevision, callEachReplica } from './calls.ts'
import { eventually, type Stack } from './compose.ts'

/** Calls continuously while one replica stops and starts again; no call may fail. */
export async function survivesReplicaRestart(stack: Stack): Promise<string> {
  const url = new URL(`http://127.0.0.1:${stack.ports.gateway}/mcp`)
  const [replica] = await stack.containers('server')
  assert.ok(replica)
  let calls = 0
  let slowestMs = 0
  let done = false
  const callers = Promise.all(
    Object.entries(callByRevision).map(async ([revision, call]) => {
      while (!done) {
        const startedAt = Date.now()
        await call(url, `restart-${revision}-${calls++}`)
        slowestMs = Math.max(slowestMs, Date.now() - startedAt)
      }
    }),
  )
  // Awaited below; an earlier failure must not become an unhandled rejection.
  callers.catch(() => undefined)
  try {
    await stack.docker('stop', replica.ID)
    const { ExitCode } = (await stack.containers('server')).find(({ ID }) => ID === replica.ID) ?? replica
    assert.equal(ExitCode, 0, 'the replica did not shut down gracefully')
    await stack.docker('start', replica.ID)
    await eventually(60_000, async () => {
      const healthy = (await stack.containers('server')).map(({ Health }) => Health)
      assert.deepEqual(healthy, ['healthy', 'healthy'])
    })
  } finally {
    done = true
    await callers
  }
  assert.ok(calls > 20, `made only ${calls} calls`)
  const shares = await callEachReplica(stack, '2026-07-28', 'after-restart')
  return `${calls} calls, the slowest ${slowestMs} ms; afterwards ${shares}`
}
