/**
 * What the tests of the machinery call: the one place in which they name what this server offers. Tests of a
 * tool name it themselves.
 */
import pg from 'pg'
import { startSampleApi } from '../../dev/services/sample-api.ts'
import { catalog } from './catalog.ts'
import { afterFile } from './cleanup.ts'
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

/** Reads. The prompt and the resource have the same scope. */
export const plain = {
  call: { name: 'fetch', arguments: { id: 'guides.quick-start' } },
  scope: 'documents:read',
  answer: /Quick start/,
}

/** Reads too, behind another scope, and without the database. */
export const other = {
  call: { name: 'search_wikipedia', arguments: { query: 'prometheus' } },
  scope: 'web:read',
}

/** Its answers are cached. */
export const cached = {
  call: { name: 'search', arguments: { query: 'quick start' } },
  scope: 'documents:read',
}

/** Asks all that can be asked, with this text, which no cache knows; and the libraries whose spans that leaves. */
export const tracedCall = {
  call: (text: string): Call => ({ name: 'search_all', arguments: { query: text } }),
  libraries: ['pg', 'ioredis', 'undici'],
}

/** Changes something, behind a scope of its own. */
export const writeCall: ScopedCall | undefined = {
  call: { name: 'add_document', arguments: { title: 'Stepped up', text: 'text' } },
  scope: 'documents:write',
}

/** Asks for what is not there. */
export const notFoundCall: Call | undefined = { name: 'fetch', arguments: { id: 'nope' } }

/** Can't be answered without the database; with this text in it, which no cache knows. */
export const databaseCall: ((text: string) => Call) | undefined = (text) => ({
  name: 'search',
  arguments: { query: text },
})

/** One call that succeeds, of every tool. */
export const callOfEachTool: readonly Call[] = [
  cached.call,
  plain.call,
  other.call,
  { name: 'search_all', arguments: { query: 'quick start' } },
  { name: 'add_document', arguments: { title: 'Signals', text: 'text' } },
]

/** Calls with this text in all sorts of places, the right ones and wrong ones. */
export const callsWithText = (text: string): Call[] => [
  { name: 'search', arguments: { query: `password ${text}` } },
  { name: 'search_wikipedia', arguments: { query: text } },
  { name: 'search_all', arguments: { query: text, [text.slice(0, 5)]: text } },
  { name: 'add_document', arguments: { title: 7, text } },
  { name: 'search', arguments: { query: { nested: [text] } } },
]

/** Tools that take any text of up to 1000 characters, by the argument it is given in. */
export const textArguments = { search: 'query', search_wikipedia: 'query', search_all: 'query' }

export const prompt = {
  call: { name: 'investigate_alert', arguments: { alert: 'HighErrorRate' } },
  /** Of it suggestions are made. */
  argument: { name: 'alert', value: 'H' } as const,
}

export const resource = {
  uri: 'document://guides.quick-start',
  absent: 'document://nope',
  template: 'document://{id}',
  argument: { name: 'id', value: 'g' } as const,
}

/** As a person writes calls for `npm run try`. */
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

/** What /health asks besides the stores. */
export const domainChecks = { external_api: true }

/** Settings of the domain for a server that reaches nothing. */
export const unreachableSettings = { EXTERNAL_API_URL: 'http://127.0.0.1:1' }

/** Settings of the domain for a server that is started without a stack. */
export async function domainSettings(): Promise<Record<string, string>> {
  const api = await startSampleApi()
  afterFile(() => api.stop())
  return { EXTERNAL_API_URL: api.url }
}

let slowCalls = 0

/** Calls that take this long, each its own; 'forever' is longer than anybody waits. */
export function injectLatency({ api }: Stack, delayMs: number | 'forever') {
  api.setFault(delayMs === 'forever' ? { kind: 'frozen' } : { kind: 'slow', delayMs })
  return {
    call: (): Call => ({ name: 'search_wikipedia', arguments: { query: `slow ${++slowCalls}` } }),
    end: () => api.setFault(undefined),
  }
}

/** A call that takes longer than its tool's time. */
export async function injectTimeout({ env }: Stack) {
  const blocker = new pg.Client({ connectionString: env.DATABASE_URL ?? '' })
  await blocker.connect()
  await blocker.query('begin')
  await blocker.query('lock table documents')
  return {
    call: { name: 'fetch', arguments: { id: `slow-${++slowCalls}` } } as Call,
    end: () => blocker.end(),
  }
}

/** From now on a dependency fails. */
export async function injectFailures({ api }: Stack) {
  api.setFault({ kind: 'error' })
  return { end: async () => api.setFault(undefined) }
}

/** The scopes of what only reads, or of all. */
export function scopes(of: 'reading' | 'all'): string[] {
  const tools = catalog.tools.filter(({ effect }) => of === 'all' || effect === 'read')
  return [...new Set([...tools, ...catalog.prompts, ...catalog.resources].map(({ scope }) => scope))].sort()
}
