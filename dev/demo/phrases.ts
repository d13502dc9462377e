/** What people type into the search over this server's own documents. */
export const questions: readonly string[] = [
  'how to add a tool',
  'connect a client',
  'degradation when redis is down',
  'rate limit',
  'circuit breaker open',
  'event loop lag',
  'postgres pool saturated',
  'high error rate runbook',
  '"error budget"',
  'slow tool calls',
  'structured logs fields',
  'trace id in log line',
  'stateless protocol decision',
  'typo search words table',
  'cache generations',
  'configuration variables',
  'ALLOWED_HOSTS',
  'shutdown drain in flight',
  'metrics OR traces',
  'search -wikipedia',
  'telemetry export failing collector',
  'what does cardinality mean',
  'heap size limit',
  'deploy behind a proxy',
  'security host header origin',
]

/** The same people in a hurry. */
export const typos: readonly string[] = [
  'degredation',
  'conect a cleint',
  'circut braker',
  'postgress pool',
  'evnt loop lagg',
  'runbok high eror rate',
  'cardinalty explsion',
  'confguration varibles',
  'telemetery exporter',
  'shutdwon',
]

/** What one asks an encyclopedia. */
export const topics: readonly string[] = [
  'observability',
  'Claude Shannon',
  'Ada Lovelace',
  'exponential backoff',
  'information theory',
  'queueing theory',
  'PostgreSQL',
  'Redis',
  'histogram',
  'speed of light',
]

export const alerts: readonly string[] = [
  'HighErrorRate',
  'SlowToolCalls',
  'DependencyDown',
  'CircuitBreakerOpen',
  'TargetDown',
  'EventLoopLag',
]

/** Ids that lead nowhere, as they come out of old bookmarks and inventive models. */
export const lostIds: readonly string[] = [
  'runbooks.coffee-machine',
  'guides.getting-started-2019',
  'doc-42',
  'index.html',
]

export const inventedTools: readonly string[] = ['web_search', 'execute_sql', 'read_file', 'Search']

/** Few, because adding the same document again changes nothing: the corpus stays as small as this list. */
export const notes: readonly { readonly title: string; readonly text: string }[] = [
  ['Shift notes', 'Quiet night. One deploy at four, both replicas ready within ten seconds.'],
  ['Capacity review', 'The pool has room: at most three of ten connections used at noon.'],
  ['Game day', 'Stopped Redis for five minutes. Callers saw nothing, the cache alert came in time.'],
  ['Retrospective', 'The runbook named the right panel; the query in it was one label short.'],
  ['Vendor call', 'The search API will answer with 429 above five requests a second.'],
  ['Dashboard wishes', 'Show the share of calls that the cache answers beside the latency.'],
].map(([title = '', text = '']) => ({ title, text: `# ${title}\n\n${text}\n` }))
