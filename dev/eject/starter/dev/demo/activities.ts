/** The activities of simulated users: the only file of this folder that knows the server's tools. */
import type { Activity, Request } from './activity.ts'
import type { Random } from './random.ts'

const words = ['hello', 'one two three', 'how are you', 'the quick brown fox', 'a']
const uncached = (random: Random) => `${random.pick(words)} ${random.whole(1, 9_999)}`
const lists = ['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'] as const

const call = (name: string, args: Record<string, unknown>): Request => ({
  method: 'tools/call',
  params: { name, arguments: args },
})

export const activities: readonly Activity[] = [
  { weight: 28, request: (random) => call('echo', { text: random.pick(words) }) },
  { weight: 12, request: (random) => call('echo', { text: uncached(random) }) },
  { weight: 30, request: (random) => call('count_words', { text: uncached(random) }) },
  {
    weight: 5,
    request: (random) => call('echo', { text: uncached(random), delay_ms: random.whole(100, 2_000) }),
  },
  { weight: 6, request: (random) => ({ method: random.pick(lists) }) },
  { weight: 5, request: () => ({ method: 'resources/read', params: { uri: 'note://first' } }) },
  {
    weight: 3,
    request: (random) => ({
      method: 'prompts/get',
      params: { name: 'explain_topic', arguments: { topic: random.pick(words) } },
    }),
  },
  { weight: 1.5, kind: 'mistake', request: (random) => call('echo', random.pick([{}, { text: ' ' }])) },
  { weight: 1, kind: 'mistake', request: (random) => call(random.pick(['search_web', 'run_code']), {}) },
  // Slow calls: an agent sends a dozen at once.
  { weight: 0.4, atOnce: 12, request: (random) => call('echo', { text: uncached(random), delay_ms: 300 }) },
]

/** Ids in a result, for later activities of the user; no tool returns any. */
export const foundIn = (_result: object): string[] | undefined => undefined
