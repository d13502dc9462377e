/**
 * Sample calls for tests that are independent of the tools. Only this file names tools for them, so that a fork
 * has one file to change. Tests of a tool name it themselves.
 */
import pg from 'pg'
import { catalog } from './catalog.ts'
import { afterFile } from './cleanup.ts'
import { startFaultyApi } from './faulty-api.ts'
import type { Stack } from './stack.ts'

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
  call: { name: 'fetch', arguments: { id: 'guides.quick-start' } },
  scope: 'documents:read',
  answer: /Quick start/,
}

/** A read call that needs another scope and no database. */
export const other = {
  call: { name: 'search_wikipedia', arguments: { query: 'prometheus' } },
  scope: 'web:read',
}

/** A call whose result is cached. */
export const cached = {
  call: { name: 'search', arguments: { query: 'quick start' } },
  scope: 'documents:read',
}

/** A cache miss that reaches every dependency, and the instrumented libraries that record its spans. */
export const tracedCall = {
  call: (text: string): Call => ({ name: 'search_all', arguments: { query: text } }),
  libraries: ['pg', 'ioredis', 'undici'],
}

/** A write call that needs its own scope. */
export const writeCall: ScopedCall | undefined = {
  call: { name: 'add_document', arguments: { title: 'Stepped up', text: 'text' } },
  scope: 'documents:write',
}

/** A call that fails with not_found. */
export const notFoundCall: Call | undefined = { name: 'fetch', arguments: { id: 'nope' } }

/** A cache miss that fails without the database. */
export const databaseCall: ((text: string) => Call) | undefined = (text) => ({
  name: 'search',
  arguments: { query: text },
})

/** One successful call of each tool. */
export const callOfEachTool: readonly Call[] = [
  cached.call,
  plain.call,
  other.call,
  { name: 'search_all', arguments: { query: 'quick start' } },
  { name: 'add_document', arguments: { title: 'Signals', text: 'text' } },
]

/** Calls with the text in valid and invalid places. */
export const callsWithText = (text: string): Call[] => [
  { name: 'search', arguments: { query: `password ${text}` } },
  { name: 'search_wikipedia', arguments: { query: text } },
  { name: 'search_all', arguments: { query: text, [text.slice(0, 5)]: text } },
  { name: 'add_document', arguments: { title: 7, text } },
  { name: 'search', arguments: { query: { nested: [text] } } },
]

/** Tools with a free-text argument of up to 1000 characters, and the name of that argument. */
export const textArguments = { search: 'query', search_wikipedia: 'query', search_all: 'query' }

export const prompt = {
  call: { name: 'investigate_alert', arguments: { alert: 'HighErrorRate' } },
  /** Argument with completions. */
  argument: { name: 'alert', value: 'H' } as const,
}

export const resource = {
  uri: 'document://guides.quick-start',
  absent: 'document://nope',
  template: 'document://{id}',
  argument: { name: 'id', value: 'g' } as const,
}

/** Arguments of `npm run try` and patterns of its output. */
export const tryCommands = {
  right: {
    tool: 'search',
    words: ['burn', 'rate'],
    shows: /runbooks\.[a-z]+-budget-burn/,
    span: 'pg\\.query',
  },
  wrong: {
    tool: 'search_wikipedia',
    words: ['redis', 'limit=99'],
    shows: /invalid_arguments: .*1 to 20[\s\S]*Usage: search_wikipedia query=… \[limit=…\]/,
  },
  listed: /add_document title=… text=… \[tags=…\]/,
}

/** Checks in /health in addition to the stores. */
export const domainChecks = { external_api: true }

/** Domain settings of a server whose dependencies are unreachable. */
export const unreachableSettings = { EXTERNAL_API_URL: 'http://127.0.0.1:1' }

/** Domain settings of a server that is started without a stack. */
export async function domainSettings(): Promise<Record<string, string>> {
  const api = await startFaultyApi()
  afterFile(() => api.stop())
  return { EXTERNAL_API_URL: api.url }
}

let slowCalls = 0

/** Delays the calls that it returns; 'forever' exceeds every timeout. Each call misses the cache. */
export function injectLatency({ api }: Stack, delayMs: number | 'forever') {
  api.setFault(delayMs === 'forever' ? { kind: 'frozen' } : { kind: 'slow', delayMs })
  const end = () => api.setFault(undefined)
  // Also after a failed test, because other files use the same stack.
  afterFile(end)
  return {
    call: (): Call => ({ name: 'search_wikipedia', arguments: { query: `slow ${++slowCalls}` } }),
    end,
  }
}

/** Makes the call that it returns exceed the timeout of its tool. */
export async function injectTimeout({ env }: Stack) {
  const blocker = new pg.Client({ connectionString: env.DATABASE_URL ?? '' })
  await blocker.connect()
  await blocker.query('begin')
  await blocker.query('lock table documents')
  afterFile(() => blocker.end())
  return {
    call: { name: 'fetch', arguments: { id: `slow-${++slowCalls}` } } as Call,
    end: () => blocker.end(),
  }
}

/** Makes a dependency fail until `end` is called. */
export async function injectFailures({ api }: Stack) {
  api.setFault({ kind: 'error' })
  afterFile(() => api.setFault(undefined))
  return { end: async () => api.setFault(undefined) }
}

/** Scopes of the read tools, prompts and resources, or of everything. */
export function scopes(of: 'reading' | 'all'): string[] {
  const tools = catalog.tools.filter(({ effect }) => of === 'all' || effect === 'read')
  return [
    ...new Set([...tools, ...catalog.prompts, ...catalog.resources].flatMap(({ scopes }) => scopes)),
  ].sort()
}
