/**
 * Sample calls for tests that are independent of the tools. Only this file names tools for them. Tests of a tool
 * name it themselves. Tests without a sample call (`undefined`) are skipped.
 */
import { closeRedis, createRedis, waitUntilReady } from '../../src/redis/client.ts'
import { catalog } from './catalog.ts'
import { silentLogger } from './logger.ts'
import type { Stack } from './stack.ts'
import { noopMetrics } from './telemetry-fixtures.ts'

export interface Call extends Record<string, unknown> {
  readonly name: string
  readonly arguments: Record<string, unknown>
}

export interface ScopedCall {
  readonly call: Call
  readonly scope: string
}

export { catalog }

/** A read call. The prompt and the resource need the same scope. */
export const plain = {
  call: { name: 'count_words', arguments: { text: 'one two three' } },
  scope: 'data:read',
  answer: /"words":3/,
}

/** A read call that needs another scope and no database. */
export const other = { call: { name: 'echo', arguments: { text: 'hello' } }, scope: 'text:read' }

/** A call whose result is cached. */
export const cached = {
  call: { name: 'echo', arguments: { text: 'hello' } },
  scope: 'text:read',
}

/** A cache miss that reaches every dependency, and the instrumented libraries that record its spans. */
export const tracedCall = {
  call: (text: string): Call => ({ name: 'echo', arguments: { text } }),
  libraries: ['ioredis'],
}

/** A write call that needs its own scope. */
export const writeCall: ScopedCall | undefined = undefined

/** A call that fails with not_found. */
export const notFoundCall: Call | undefined = undefined

/** A cache miss that fails without the database. */
export const databaseCall: ((text: string) => Call) | undefined = undefined

/** One successful call of each tool. */
export const callOfEachTool: readonly Call[] = [plain.call, other.call]

/** Calls with the text in valid and invalid places. */
export const callsWithText = (text: string): Call[] => [
  { name: 'echo', arguments: { text, delay_ms: text } },
  { name: 'echo', arguments: { text: { nested: [text] } } },
  { name: 'count_words', arguments: { text, [text.slice(0, 5)]: text } },
  { name: 'count_words', arguments: { text: [text] } },
]

/** Tools with a free-text argument of up to 1000 characters, and the name of that argument. */
export const textArguments = { echo: 'text', count_words: 'text' }

export const prompt = {
  call: { name: 'explain_topic', arguments: { topic: 'burn rates' } },
  /** Argument with completions. */
  argument: undefined,
}

export const resource = {
  uri: 'note://first',
  absent: 'note://nope',
  template: 'note://{id}',
  argument: { name: 'id', value: 'f' } as const,
}

/** Arguments of `npm run try` and patterns of its output. */
export const tryCommands = {
  right: { tool: 'echo', words: ['burn', 'rate'], shows: /burn rate/, span: 'redis mget' },
  wrong: {
    tool: 'echo',
    words: ['hello', 'delay_ms=99999'],
    shows: /invalid_arguments: .*0 to 10000[\s\S]*Usage: echo text=… \[delay_ms=…\]/,
  },
  listed: /echo text=… \[delay_ms=…\]/,
}

/** Checks in /health in addition to the stores. */
export const domainChecks = {}

/** Domain settings of a server whose dependencies are unreachable. */
export const unreachableSettings = {}

/** Domain settings of a server that is started without a stack. */
export async function domainSettings(): Promise<Record<string, string>> {
  return {}
}

let slowCalls = 0
const slowCall = (delay_ms: number): Call => ({
  name: 'echo',
  arguments: { text: `slow ${++slowCalls}`, delay_ms },
})

/** Delays the calls that it returns; 'forever' exceeds every timeout. Each call misses the cache. */
export function injectLatency(_stack: Stack, delayMs: number | 'forever') {
  return { call: () => slowCall(delayMs === 'forever' ? 4_900 : delayMs), end: () => undefined }
}

/** Makes the call that it returns exceed the timeout of its tool. */
export async function injectTimeout(_stack: Stack) {
  return { call: slowCall(8_000), end: async () => undefined }
}

/** Makes Redis fail until `end` is called, by closing its connections again and again. */
export async function injectFailures({ env }: Stack) {
  const { REDIS_URL = '' } = env
  const redis = createRedis({ url: REDIS_URL, logger: silentLogger, metrics: noopMetrics })
  await waitUntilReady(redis, 5_000)
  const timer = setInterval(() => redis.call('client', 'kill', 'type', 'normal').catch(() => undefined), 200)
  return {
    async end() {
      clearInterval(timer)
      await closeRedis(redis)
    },
  }
}

/** Scopes of the read tools, prompts and resources, or of everything. */
export function scopes(of: 'reading' | 'all'): string[] {
  const tools = catalog.tools.filter(({ effect }) => of === 'all' || effect === 'read')
  return [
    ...new Set([...tools, ...catalog.prompts, ...catalog.resources].flatMap(({ scopes }) => scopes)),
  ].sort()
}
