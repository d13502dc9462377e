import { hash } from 'node:crypto'
import { z } from 'zod'
import { createSingleFlight, type FlightContext } from '../../lib/single-flight.ts'
import type { Cache } from '../../redis/cache.ts'
import type { CallContext, Stage } from './pipeline.ts'

/**
 * Serves cacheable calls from the cache; concurrent equal misses share one computation and its result object, which no
 * stage may mutate. Runs after `authorize` and `validateInput`, so that only authorized calls read the cache.
 */
export const useCache =
  (cache: Cache): Stage =>
  (operation, next) => {
    const { cache: policy, output } = operation
    if (policy === undefined || output === undefined) return next
    const tag = policy.from ?? 'none'
    // Part of the key, so that a release with another output schema does not read old results.
    const schemaHash = digest(JSON.stringify(z.toJSONSchema(output)))
    const flights = createSingleFlight<CallContext>({
      timeoutMs: operation.timeoutMs,
      operation: operation.name,
    })
    return async (args, context) => {
      const owner = policy.share === 'caller' ? context.caller.id : ''
      const key = `${operation.name}:${digest(JSON.stringify([schemaHash, owner, sortKeys(args)]))}`
      const lookup = await cache.get(key, tag)
      const { record } = context
      record.cache = lookup.result
      if (lookup.result === 'hit') return lookup.value
      // Key by generation, so nobody joins a computation that started before an invalidation.
      const flightKey = `${key} ${lookup.generation ?? ''}`
      const compute = async ({ signal, progress }: FlightContext) => {
        const result = await next(args, { ...context, signal, progress })
        if (policy.unless?.(result) !== true) await cache.set(key, lookup, result, policy.ttlSeconds)
        return result
      }
      return flights.join(flightKey, context, compute, (first) => {
        record.joined = first.record.span
        // A failed lookup remains an error, which an alert counts.
        if (record.cache === 'miss') record.cache = 'shared'
      })
    }
  }

const digest = (text: string): string => hash('sha256', text, 'base64url')

/** Canonical form: argument order must not affect the key. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  )
}
