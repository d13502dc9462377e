import assert from 'node:assert/strict'
import { waitFor } from '../../dev/lib/wait-for.ts'

/** Polls until the condition holds. @throws AssertionError with the condition, on timeout */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { everyMs = 10, timeoutMs = 20_000 }: { everyMs?: number; timeoutMs?: number } = {},
): Promise<void> {
  const holds = await waitFor(condition, { everyMs, timeoutMs })
  assert.ok(holds, `did not hold within ${timeoutMs} ms: ${condition}`)
}
