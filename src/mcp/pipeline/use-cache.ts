import { hash } from 'node:crypto'
import { z } from 'zod'
import { createSingleFlight } from '../../lib/single-flight.ts'
import type { Cache } from '../../redis/cache.ts'
import type { Stage } from './pipeline.ts'

/**
 * Answers from the cache where the tool allows it; of equal calls that miss at the same time one does the
 * work and all get its answer, the same object, which no stage may change. Behind `authorize` and `validateInput`:
 * only valid, allowed calls get here.
 */
export const useCache =
  (cache: Cache): Stage =>
  (operation, next) => {
    const { cache: policy, output } = operation
    if (policy === undefined || output === undefined) return next
    const tag = policy.from ?? 'none'
    // A tool whose answers have changed their shape must not be given those of an older release.
    const shape = digest(JSON.stringify(z.toJSONSchema(output)))
    const flights = createSingleFlight({ timeoutMs: operation.timeoutMs, operation: operation.name })
    return async (args, context) => {
      const owner = policy.share === 'caller' ? context.caller.id : ''
      const key = `${operation.name}:${digest(JSON.stringify([shape, owner, sortKeys(args)]))}`
      const found = await cache.get(key, tag)
      context.record.cache = found.result
      if (found.result === 'hit') return found.value
      // After a change of what the answers are made from, nobody may be given what was begun before it.
      const question = `${key} ${found.generation ?? ''}`
      return flights.join(question, context, async ({ signal, progress }) => {
        const answer = await next(args, { ...context, signal, progress })
        if (policy.unless?.(answer) !== true) await cache.set(key, found, answer, policy.ttlSeconds)
        return answer
      })
    }
  }

const digest = (text: string): string => hash('sha256', text, 'base64url')

/** The same arguments in another order are the same question. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  )
}
