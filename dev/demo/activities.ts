/** The activities of simulated users: the only file of this folder that knows the server's tools. */
import type { Activity, Request } from './activity.ts'
import type { Random } from './random.ts'

const questions = [
  'how to add a tool',
  'connect a client',
  'degradation when redis is down',
  'rate limit',
  'circuit breaker open',
  'postgres pool saturated',
  'high error rate runbook',
  '"error budget"',
  'structured logs fields',
  'cache generations',
  'ALLOWED_HOSTS',
  'metrics OR traces',
  'search -wikipedia',
  'what does cardinality mean',
  'security host header origin',
]
const typos = [
  'degredation',
  'conect a cleint',
  'circut braker',
  'postgress pool',
  'evnt loop lagg',
  'shutdwon',
]
const topics = [
  'observability',
  'Claude Shannon',
  'exponential backoff',
  'queueing theory',
  'PostgreSQL',
  'histogram',
]
const alerts = ['HighErrorRate', 'SlowToolCalls', 'DependencyDown', 'CircuitBreakerOpen', 'EventLoopLag']
const unknownIds = ['runbooks.coffee-machine', 'guides.getting-started-2019', 'doc-42', 'index.html']
const unknownTools = ['web_search', 'execute_sql', 'read_file', 'Search']
/** A small set: adding a document again changes nothing, so the corpus does not grow. */
const notes = [
  { title: 'Shift notes', text: 'Quiet night. One deploy at four, both replicas ready within ten seconds.' },
  {
    title: 'Game day',
    text: 'Stopped Redis for five minutes. No failed calls, the cache alert fired in time.',
  },
  { title: 'Vendor call', text: 'The search API will respond with 429 above five requests a second.' },
]
const prompt = 'investigate_alert'
/** A document of every installation. */
const wellKnownId = 'runbooks.high-error-rate'
const lists = ['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'] as const

const call = (name: string, args: Record<string, unknown>): Request => ({
  method: 'tools/call',
  params: { name, arguments: args },
})
const idFrom = (random: Random, found: readonly string[]) =>
  found.length > 0 ? random.pick(found) : wellKnownId
const uncached = (random: Random) => `${random.pick(questions)} ${random.whole(1, 9_999)}`

type Weighted = readonly [weight: number, request: Activity['request']][]

const usual: Weighted = [
  [25, (random) => call('search', { query: random.pick(questions) })],
  [11, (random) => call('search', { query: uncached(random) })],
  [6, (random) => call('search', { query: random.pick(typos) })],
  [28, (random, found) => call('fetch', { id: idFrom(random, found) })],
  [0.7, (random) => call('add_document', { ...random.pick(notes), tags: ['demo'] })],
  [
    3,
    (random, found) => ({ method: 'resources/read', params: { uri: `document://${idFrom(random, found)}` } }),
  ],
  [6, (random) => ({ method: random.pick(lists) })],
  [
    3,
    (random) => ({
      method: 'prompts/get',
      params: { name: prompt, arguments: { alert: random.pick(alerts) } },
    }),
  ],
  [2, (random) => ({ method: 'completion/complete', params: completion(random.pick(alerts).slice(0, 2)) })],
]

const external: Weighted = [
  [6, (random) => call('search_all', { query: random.pick([...questions, ...topics]) })],
  [4, (random) => call('search_wikipedia', { query: random.pick(topics), limit: random.whole(3, 8) })],
]

const mistakes: Weighted = [
  [1.5, (random) => call('fetch', { id: random.pick(unknownIds) })],
  [0.6, (random) => call('search', random.pick([{}, { query: '   ' }]))],
  [0.3, () => call('add_document', { title: '', text: 'untitled' })],
  [0.3, () => call('fetch', { id: 7 })],
  [1, (random) => call(random.pick(unknownTools), { query: random.pick(topics) })],
]

export const activities: readonly Activity[] = [
  ...usual.map(([weight, request]) => ({ weight, request })),
  ...external.map(([weight, request]) => ({ weight, request, kind: 'external' as const })),
  ...mistakes.map(([weight, request]) => ({ weight, request, kind: 'mistake' as const })),
  // Slow calls: an agent tries a dozen misspelt queries at once, each with a similarity search in the database.
  { weight: 0.4, atOnce: 12, request: (random) => call('search', { query: misspelt(random) }) },
]

const completion = (value: string) => ({
  ref: { type: 'ref/prompt', name: prompt },
  argument: { name: 'alert', value },
})

function misspelt(random: Random): string {
  const words = Array.from({ length: 40 }, () => `${random.pick(typos)} ${random.pick(questions)}`)
  return words.join(' ').slice(0, 900).trim()
}

/** Ids in a search result, for later activities of the user; undefined for any other result. */
export function foundIn(result: object): string[] | undefined {
  const { structuredContent } = result as { structuredContent?: { results?: { id?: string }[] } }
  return structuredContent?.results?.flatMap(({ id }) => id ?? [])
}
