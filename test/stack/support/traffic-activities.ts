import { request } from 'node:http'
import { modernRequest, post, postModern } from '../../support/raw.ts'
import type { TrafficClient } from './traffic-clients.ts'

/** One interaction with a server; resolves to whether it had the expected result. */
export type Activity = (client: TrafficClient, serverUrl: string, turn: number) => Promise<boolean>

const words = ['prometheus', 'alert', 'database', 'cache', 'latency', 'error', 'runbook', 'replica']
const word = (turn: number): string => words[turn % words.length] ?? 'alert'
/** Every second query repeats an earlier one, so that the cache has hits and misses. */
const queryOf = (turn: number): string => (turn % 2 === 0 ? word(turn) : `${word(turn)} ${turn}`)

const call =
  (name: string, args: (turn: number) => Record<string, unknown>): Activity =>
  async (client, _url, turn) =>
    !(await client.call(name, args(turn))).isError

const mistakes: [name: string, args: Record<string, unknown>][] = [
  ['search', { query: '' }],
  ['fetch', { id: 'no-such-document' }],
  ['no_such_tool', {}],
]

const rejectedRequests: ((url: URL) => Promise<unknown>)[] = [
  (url) => post(url, '{"jsonrpc":'),
  (url) => post(url, modernRequest('tools/list'), { origin: 'http://elsewhere.example' }),
  (url) => post(url, modernRequest('tools/list'), { 'content-type': 'text/plain' }),
  (url) => postModern(url, 'no/such/method'),
  (url) => postModern(url, 'tools/list', {}, { 'mcp-method': 'prompts/list' }),
  postForAnotherHost,
]

export const activities = {
  search: call('search', (turn) => ({ query: queryOf(turn) })),
  fetch: call('fetch', () => ({ id: 'guides.quick-start' })),
  search_wikipedia: call('search_wikipedia', (turn) => ({ query: queryOf(turn), limit: 3 })),
  search_all: call('search_all', (turn) => ({ query: queryOf(turn) })),
  add_document: call('add_document', (turn) => ({ title: `Note ${turn}`, text: `Written in turn ${turn}.` })),

  /** Invalid calls: a tool error, or a protocol error for an unknown tool. */
  mistake: async (client, _url, turn) => {
    const [name, args] = mistakes[turn % mistakes.length] ?? ['search', {}]
    const { isError } = await client.call(name, args).catch(() => ({ isError: true }))
    return isError
  },

  /** Cancelled by the client before the response. */
  cancelled: async (client, _url, turn) => {
    const args = { query: `${word(turn)} cancelled ${turn}` }
    await client.call('search_all', args, AbortSignal.timeout(2 + (turn % 6))).catch(() => undefined)
    return true
  },

  browse: async (client) => {
    await client.browse()
    return true
  },

  page: async (_client, url) => {
    const response = await fetch(`${url}/documents/guides.quick-start`)
    await response.text()
    return response.ok
  },

  /** Rejected before it becomes an MCP message. */
  rejected: async (_client, url, turn) => {
    await rejectedRequests[turn % rejectedRequests.length]?.(new URL(`${url}/mcp`))
    return true
  },
} as const satisfies Record<string, Activity>

export type ActivityName = keyof typeof activities

/** fetch does not send a custom Host header. */
function postForAnotherHost(url: URL): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: { host: 'elsewhere.example' } }, (response) => {
      response.resume().once('end', resolve)
    })
    sent.once('error', reject).end('{}')
  })
}
