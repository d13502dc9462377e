import { request } from 'node:http'
import { modernRequest, post, postModern } from '../../support/raw.ts'
import type { TrafficClient } from './traffic-clients.ts'

/** One kind of request; resolves to whether the server responded as expected. */
export type Activity = (client: TrafficClient, serverUrl: string, turn: number) => Promise<boolean>

const words = ['prometheus', 'alert', 'database', 'cache', 'latency', 'error', 'runbook', 'replica']
const word = (turn: number): string => words[turn % words.length] ?? 'alert'
/** Repeats every second question, so that a cache has hits and misses. */
const question = (turn: number): string => (turn % 2 === 0 ? word(turn) : `${word(turn)} ${turn}`)

const call =
  (name: string, args: (turn: number) => Record<string, unknown>): Activity =>
  async (client, _url, turn) =>
    !(await client.call(name, args(turn))).isError

const mistakes: [name: string, args: Record<string, unknown>][] = [
  ['echo', { text: '' }],
  ['count_words', {}],
  ['no_such_tool', {}],
]

const refused: ((url: URL) => Promise<unknown>)[] = [
  (url) => post(url, '{"jsonrpc":'),
  (url) => post(url, modernRequest('tools/list'), { origin: 'http://elsewhere.example' }),
  (url) => post(url, modernRequest('tools/list'), { 'content-type': 'text/plain' }),
  (url) => postModern(url, 'no/such/method'),
  (url) => postModern(url, 'tools/list', {}, { 'mcp-method': 'prompts/list' }),
  postForAnotherHost,
]

export const activities = {
  echo: call('echo', (turn) => ({ text: question(turn) })),
  count_words: call('count_words', (turn) => ({ text: question(turn) })),

  /** What a caller does wrong; the tool's error, or the protocol's for a tool that is not there. */
  mistake: async (client, _url, turn) => {
    const [name, args] = mistakes[turn % mistakes.length] ?? ['echo', {}]
    const { isError } = await client.call(name, args).catch(() => ({ isError: true }))
    return isError
  },

  /** Gives up while the server works on it. */
  cancelled: async (client, _url, turn) => {
    const args = { text: `${word(turn)} given up ${turn}`, delay_ms: 500 }
    await client.call('echo', args, AbortSignal.timeout(2 + (turn % 6))).catch(() => undefined)
    return true
  },

  browse: async (client) => {
    await client.browse()
    return true
  },

  page: async (_client, url) => {
    const response = await fetch(`${url}/`)
    await response.text()
    return response.ok
  },

  /** Refused before it becomes an MCP message. */
  rejected: async (_client, url, turn) => {
    await refused[turn % refused.length]?.(new URL(`${url}/mcp`))
    return true
  },
} as const satisfies Record<string, Activity>

export type ActivityName = keyof typeof activities

/** fetch does not let its caller choose the Host header. */
function postForAnotherHost(url: URL): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: { host: 'elsewhere.example' } }, (response) => {
      response.resume().once('end', resolve)
    })
    sent.once('error', reject).end('{}')
  })
}
