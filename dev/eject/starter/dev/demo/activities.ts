/** The activities of simulated users: the only file of this folder that knows the server's tools. */
import type { Activity, Request } from './activity.ts'
import { pick, whole } from './random.ts'

const words = ['hello', 'one two three', 'how are you', 'the quick brown fox', 'a']
const uncached = () => `${pick(words)} ${whole(1, 9_999)}`
const lists = ['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'] as const

const call = (name: string, args: Record<string, unknown>): Request => ({
  method: 'tools/call',
  params: { name, arguments: args },
})

export const activities: readonly Activity[] = [
  { weight: 28, request: () => call('echo', { text: pick(words) }) },
  { weight: 12, request: () => call('echo', { text: uncached() }) },
  { weight: 30, request: () => call('count_words', { text: uncached() }) },
  {
    weight: 5,
    request: () => call('echo', { text: uncached(), delay_ms: whole(100, 2_000) }),
  },
  { weight: 6, request: () => ({ method: pick(lists) }) },
  { weight: 5, request: () => ({ method: 'resources/read', params: { uri: 'note://first' } }) },
  {
    weight: 3,
    request: () => ({
      method: 'prompts/get',
      params: { name: 'explain_topic', arguments: { topic: pick(words) } },
    }),
  },
  { weight: 1.5, kind: 'mistake', request: () => call('echo', pick([{}, { text: ' ' }])) },
  { weight: 1, kind: 'mistake', request: () => call(pick(['search_web', 'run_code']), {}) },
  // Slow calls: an agent sends a dozen at once.
  { weight: 0.4, atOnce: 12, request: () => call('echo', { text: uncached(), delay_ms: 300 }) },
]

/** Ids in a result, for later activities of the user; no tool returns any. */
export const foundIn = (_result: object): string[] | undefined => undefined
