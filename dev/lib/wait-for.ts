import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  readonly everyMs?: number
  readonly timeoutMs?: number
  /** Stops waiting as soon as this is false. */
  readonly while?: () => boolean
}

/**
 * Polls until the attempt returns a value other than undefined or false.
 *
 * @returns the value; undefined on timeout or when `while` became false
 */
export async function waitFor<T>(
  attempt: () => Promise<T | undefined | false> | T | undefined | false,
  { everyMs = 50, timeoutMs = Number.POSITIVE_INFINITY, while: isPossible = () => true }: WaitOptions = {},
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs
  while (isPossible()) {
    const value = await attempt()
    if (value !== undefined && value !== false) return value
    if (performance.now() >= deadline) return undefined
    await delay(everyMs)
  }
  return undefined
}
