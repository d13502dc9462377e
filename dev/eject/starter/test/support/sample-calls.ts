/**
 * What the tests of the machinery call: the one place in which they name what this server offers. Tests of a
 * tool name it themselves. Calls without an example are undefined, and their tests are skipped.
 */
import { becomesReady, closeRedis, createRedis } from '../../src/redis/client.ts'
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

/** Reads. The prompt and the resource have the same scope. */
export const plain = {
  call: { name: 'count_words', arguments: { text: 'one two three' } },
  scope: 'data:read',
  answer: /"words":3/,
}

/** Reads too, behind another scope, and without the database. */
export const other = { call: { name: 'echo', arguments: { text: 'hello' } }, scope: 'text:read' }

/** Its answers are cached. */
export const cached = {
  call: { name: 'echo', arguments: { text: 'hello' } },
  scope: 'text:read',
}

/** Asks all that can be asked, with this text, which no cache knows; and the libraries whose spans that leaves. */
export const tracedCall = {
  call: (text: string): Call => ({ name: 'echo', arguments: { text } }),
  libraries: ['ioredis'],
}

/** Changes something, behind a scope of its own. */
export const writeCall: ScopedCall | undefined = undefined

/** Requests something that does not exist. */
export const notFoundCall: Call | undefined = undefined

/** Can't be answered without the database; with this text in it, which no cache knows. */
export const databaseCall: ((text: string) => Call) | undefined = undefined

/** One call that succeeds, of every tool. */
export const callOfEachTool: readonly Call[] = [plain.call, other.call]

/** Calls with this text in all sorts of places, the right ones and wrong ones. */
export const callsWithText = (text: string): Call[] => [
  { name: 'echo', arguments: { text, delay_ms: text } },
  { name: 'echo', arguments: { text: { nested: [text] } } },
  { name: 'count_words', arguments: { text, [text.slice(0, 5)]: text } },
  { name: 'count_words', arguments: { text: [text] } },
]

/** Tools that take any text of up to 1000 characters, by the argument it is given in. */
export const textArguments = { echo: 'text', count_words: 'text' }

export const prompt = {
  call: { name: 'explain_topic', arguments: { topic: 'burn rates' } },
  /** Of it suggestions are made. */
  argument: undefined,
}

export const resource = {
  uri: 'note://first',
  absent: 'note://nope',
  template: 'note://{id}',
  argument: { name: 'id', value: 'f' } as const,
}

/** As a person writes calls for `npm run try`. */
export const tryCommands = {
  right: { tool: 'echo', words: ['burn', 'rate'], shows: /burn rate/, span: 'redis mget' },
  wrong: {
    tool: 'echo',
    words: ['hello', 'delay_ms=99999'],
    shows: /invalid_arguments: .*0 to 10000[\s\S]*Usage: echo text=… \[delay_ms=…\]/,
  },
  listed: /echo text=… \[delay_ms=…\]/,
}

/** Checks of /health in addition to the stores. */
export const domainChecks = {}

/** Settings of the domain for a server that reaches nothing. */
export const unreachableSettings = {}

/** Settings of the domain for a server that is started without a stack. */
export async function domainSettings(): Promise<Record<string, string>> {
  return {}
}

let slowCalls = 0
const slowCall = (delay_ms: number): Call => ({
  name: 'echo',
  arguments: { text: `slow ${++slowCalls}`, delay_ms },
})

/** Calls that take this long, each its own; 'forever' is longer than anybody waits. */
export function injectLatency(_stack: Stack, delayMs: number | 'forever') {
  return { call: () => slowCall(delayMs === 'forever' ? 4_900 : delayMs), end: () => undefined }
}

/** A call that takes longer than its tool's time. */
export async function injectTimeout(_stack: Stack) {
  return { call: slowCall(8_000), end: async () => undefined }
}

/** Makes a dependency fail: closes all connections to Redis, again and again. */
export async function injectFailures({ env }: Stack) {
  const { REDIS_URL = '' } = env
  const redis = createRedis({ url: REDIS_URL, logger: silentLogger, metrics: noopMetrics })
  await becomesReady(redis, 5_000)
  const timer = setInterval(() => redis.call('client', 'kill', 'type', 'normal').catch(() => undefined), 200)
  return {
    async end() {
      clearInterval(timer)
      await closeRedis(redis)
    },
  }
}

/** Scopes of read-only tools, or of all tools. */
export function scopes(of: 'reading' | 'all'): string[] {
  const tools = catalog.tools.filter(({ effect }) => of === 'all' || effect === 'read')
  return [...new Set([...tools, ...catalog.prompts, ...catalog.resources].map(({ scope }) => scope))].sort()
}
