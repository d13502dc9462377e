import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  readonly everyMs?: number
  readonly timeoutMs?: number
  /** Whether it can still come: gives up as soon as this is false. */
  readonly while?: () => boolean
}

/**
 * Repeats an attempt until it gives a value.
 *
 * @returns the value; undefined after the time, or when it cannot come any more
 */
export async function waitFor<T>(
  attempt: () => Promise<T | undefined> | T | undefined,
  { everyMs = 50, timeoutMs = Number.POSITIVE_INFINITY, while: isPossible = () => true }: WaitOptions = {},
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs
  while (isPossible()) {
    const value = await attempt()
    if (value !== undefined) return value
    if (performance.now() >= deadline) return undefined
    await delay(everyMs)
  }
  return undefined
}
