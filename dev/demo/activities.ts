/** The activities of simulated users: the only file of this folder that knows the server's tools. */
import type { Activity, Request } from './activity.ts'
import { pick, whole } from './random.ts'

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
const idFrom = (found: readonly string[]) => (found.length > 0 ? pick(found) : wellKnownId)
const uncached = () => `${pick(questions)} ${whole(1, 9_999)}`

type Weighted = readonly [weight: number, request: Activity['request']][]

const usual: Weighted = [
  [25, () => call('search', { query: pick(questions) })],
  [11, () => call('search', { query: uncached() })],
  [6, () => call('search', { query: pick(typos) })],
  [28, (found) => call('fetch', { id: idFrom(found) })],
  [0.7, () => call('add_document', { ...pick(notes), tags: ['demo'] })],
  [3, (found) => ({ method: 'resources/read', params: { uri: `document://${idFrom(found)}` } })],
  [6, () => ({ method: pick(lists) })],
  [
    3,
    () => ({
      method: 'prompts/get',
      params: { name: prompt, arguments: { alert: pick(alerts) } },
    }),
  ],
  [2, () => ({ method: 'completion/complete', params: completion(pick(alerts).slice(0, 2)) })],
]

const external: Weighted = [
  [6, () => call('search_all', { query: pick([...questions, ...topics]) })],
  [4, () => call('search_wikipedia', { query: pick(topics), limit: whole(3, 8) })],
]

const mistakes: Weighted = [
  [1.5, () => call('fetch', { id: pick(unknownIds) })],
  [0.6, () => call('search', pick([{}, { query: '   ' }]))],
  [0.3, () => call('add_document', { title: '', text: 'untitled' })],
  [0.3, () => call('fetch', { id: 7 })],
  [1, () => call(pick(unknownTools), { query: pick(topics) })],
]

export const activities: readonly Activity[] = [
  ...usual.map(([weight, request]) => ({ weight, request })),
  ...external.map(([weight, request]) => ({ weight, request, kind: 'external' as const })),
  ...mistakes.map(([weight, request]) => ({ weight, request, kind: 'mistake' as const })),
  // Slow calls: an agent tries a dozen misspelt queries at once, each with a similarity search in the database.
  { weight: 0.4, atOnce: 12, request: () => call('search', { query: misspelt() }) },
]

const completion = (value: string) => ({
  ref: { type: 'ref/prompt', name: prompt },
  argument: { name: 'alert', value },
})

function misspelt(): string {
  const words = Array.from({ length: 40 }, () => `${pick(typos)} ${pick(questions)}`)
  return words.join(' ').slice(0, 900).trim()
}

/** Ids in a search result, for later activities of the user; undefined for any other result. */
export function foundIn(result: object): string[] | undefined {
  const { structuredContent } = result as { structuredContent?: { results?: { id?: string }[] } }
  return structuredContent?.results?.flatMap(({ id }) => id ?? [])
}
