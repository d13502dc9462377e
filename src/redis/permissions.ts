import { hash } from 'node:crypto'
import type { Logger } from '../telemetry/log/logger.ts'
import type { RedisClient } from './client.ts'

const key = 'mcp:permission-check'
const script = "redis.call('hincrby', KEYS[1], 'caller', 0)"

/** Commands by the part of the server that needs them. They leave nothing behind. */
const neededCommands: Readonly<Record<string, readonly (readonly [string, ...(string | number)[]])[]>> = {
  'health check': [['ping']],
  cache: [
    ['get', key],
    ['mget', key],
    ['set', key, '', 'EX', 1],
    ['del', key],
  ],
  'rate limits': [
    ['eval', script, 1, key],
    ['evalsha', hash('sha1', script), 1, key],
    ['eval', "redis.call('pttl', KEYS[1])", 1, key],
    ['eval', "redis.call('expire', KEYS[1], 1)", 1, key],
    ['del', key],
  ],
  events: [['publish', key, '']],
}

/** Warns once per process if the Redis user lacks permissions: everything degrades, and nothing else would say why. */
export function checkPermissions(redis: RedisClient, logger: Logger): void {
  redis.once('ready', async () => {
    const denied: string[] = []
    for (const [part, commands] of Object.entries(neededCommands)) {
      for (const [name, ...args] of commands) {
        const error = await redis.call(name, ...args).catch((thrown: unknown) => thrown)
        if (error instanceof Error && /NOPERM|can't run this command/i.test(error.message))
          denied.push(`${part}: ${error.message}`)
      }
    }
    if (denied.length === 0) return
    logger.warn('the Redis user lacks permissions; parts of the server run without Redis', {
      function: 'checkPermissions',
      denied,
      hint: 'docs/guides/managed-stores.md lists the permissions that the user needs',
    })
  })
}
