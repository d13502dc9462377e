import assert from 'node:assert/strict'
import { callEachReplica, eras } from './calls.ts'
import { eventually, type Stack } from './compose.ts'

/** Calls without a pause while one replica is stopped and started again. */
export async function staysAvailable(stack: Stack): Promise<string> {
  const url = new URL(`http://127.0.0.1:${stack.ports.gateway}/mcp`)
  const [replica] = await stack.containers('server')
  assert.ok(replica)
  let calls = 0
  let slowestMs = 0
  let done = false
  const callers = Promise.all(
    Object.entries(eras).map(async ([era, call]) => {
      while (!done) {
        const from = Date.now()
        await call(url, `restart-${era}-${calls++}`)
        slowestMs = Math.max(slowestMs, Date.now() - from)
      }
    }),
  )
  // It is awaited below, which is too late for a failure that comes before.
  callers.catch(() => undefined)
  try {
    await stack.docker('stop', replica.ID)
    const { ExitCode } = (await stack.containers('server')).find(({ ID }) => ID === replica.ID) ?? replica
    assert.equal(ExitCode, 0, 'the replica did not end by itself')
    await stack.docker('start', replica.ID)
    await eventually(60_000, async () => {
      const healthy = (await stack.containers('server')).map(({ Health }) => Health)
      assert.deepEqual(healthy, ['healthy', 'healthy'])
    })
  } finally {
    done = true
    await callers
  }
  assert.ok(calls > 20, `only ${calls} calls were made`)
  const shares = await callEachReplica(stack, '2026-07-28', 'after-restart')
  return `${calls} calls, the slowest ${slowestMs} ms; afterwards ${shares}`
}
