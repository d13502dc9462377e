/** The entries of sample-api.ts: short facts written for this project, so that it works without a network. */
export type SampleArticle = {
  title: string
  description: string
  text: string
  /** Other names it is found by, as Wikipedia's redirects do. */
  aliases?: string[]
}

export const sampleArticles: SampleArticle[] = [
  {
    title: 'Observability',
    description: 'Property of a system',
    text: 'Observability is the degree to which the inner state of a system can be inferred from its outputs. In software these outputs are mostly logs, metrics and traces. The term comes from control theory, where Rudolf Kálmán introduced it around 1960.',
  },
  {
    title: 'Distributed tracing',
    description: 'Method of following requests across services',
    text: 'Distributed tracing follows one request through several services. Each unit of work is a span with a start, a duration and a parent; the spans of a request form a trace. Context travels between services in headers such as traceparent.',
    aliases: ['Tracing'],
  },
  {
    title: 'OpenTelemetry',
    description: 'Vendor-neutral telemetry framework',
    text: 'OpenTelemetry is a set of specifications, libraries and a collector for traces, metrics and logs. It arose in 2019 from the merger of OpenTracing and OpenCensus and belongs to the Cloud Native Computing Foundation.',
  },
  {
    title: 'Prometheus (software)',
    description: 'Monitoring system and time series database',
    text: 'Prometheus collects metrics by scraping HTTP endpoints at intervals and stores them as labelled time series. Its query language is PromQL. It was begun at SoundCloud in 2012 and joined the Cloud Native Computing Foundation in 2016.',
    aliases: ['PromQL'],
  },
  {
    title: 'Grafana',
    description: 'Software for dashboards',
    text: 'Grafana draws dashboards from many kinds of data source, among them time series databases, log stores and trace stores. The first version was released in 2014.',
  },
  {
    title: 'Service-level objective',
    description: 'Target for the reliability of a service',
    text: 'A service-level objective states how reliable a service should be over a period, for example 99.9 percent of requests answered without error in 30 days. What remains up to 100 percent is the error budget.',
    aliases: ['SLO', 'Error budget'],
  },
  {
    title: 'Service-level agreement',
    description: 'Contract about the quality of a service',
    text: 'A service-level agreement is a contract between a provider and its customers about the quality of a service. It usually names remedies for the case that the quality is not reached.',
    aliases: ['SLA'],
  },
  {
    title: 'Percentile',
    description: 'Statistical measure',
    text: 'The p-th percentile of a set of values is the value below which p percent of them fall. Latency is commonly reported as its 50th, 95th and 99th percentile, because the mean hides slow requests.',
  },
  {
    title: 'Histogram',
    description: 'Estimate of a distribution',
    text: 'A histogram divides the range of a quantity into buckets and counts the values in each. Karl Pearson introduced the name in the 1890s. Quantiles can be estimated from the bucket counts.',
  },
  {
    title: 'Time series database',
    description: 'Database for values with a timestamp',
    text: 'A time series database stores sequences of values with timestamps. It favours appending, compression of neighbouring values and queries over ranges of time.',
  },
  {
    title: 'Logging (computing)',
    description: 'Record of the events in a system',
    text: 'Logging keeps a record of events in a computer system. Structured logging writes each event as a set of named fields, often as one JSON object a line, so that programs can search it.',
    aliases: ['Structured logging'],
  },
  {
    title: 'Syslog',
    description: 'Standard for message logging',
    text: 'Syslog is a standard for message logging that separates the software that creates messages from the one that stores them. Eric Allman developed it in the 1980s as part of Sendmail; RFC 5424 describes its current protocol.',
  },
  {
    title: 'Circuit breaker design pattern',
    description: 'Software design pattern',
    text: 'A circuit breaker stops calling a dependency that keeps failing. While it is open, calls fail at once; after a pause it lets a trial call through and closes again when that succeeds.',
    aliases: ['Circuit breaker'],
  },
  {
    title: 'Exponential backoff',
    description: 'Algorithm that lowers the rate of retries',
    text: 'Exponential backoff multiplies the waiting time after each failed attempt. Random jitter is added so that many clients do not retry at the same moment. Ethernet used it to resolve collisions.',
    aliases: ['Jitter'],
  },
  {
    title: 'Rate limiting',
    description: 'Control of the rate of requests',
    text: 'Rate limiting bounds how many requests a client may make in a period. Common methods are the fixed window, the sliding window, the token bucket and the leaky bucket. HTTP answers 429 when a limit is exceeded.',
  },
  {
    title: 'Token bucket',
    description: 'Algorithm for traffic shaping',
    text: 'In the token bucket algorithm tokens drop into a bucket at a fixed rate and each request takes one out. The size of the bucket bounds a burst; the rate bounds the average.',
  },
  {
    title: 'Cache (computing)',
    description: 'Storage that serves later requests faster',
    text: 'A cache stores data so that later requests for it are served faster. A request that finds its data is a hit, any other a miss. Entries leave when their time to live has passed or when space is needed.',
    aliases: ['Time to live'],
  },
  {
    title: 'Cache stampede',
    description: 'Load problem of caches',
    text: 'A cache stampede happens when an entry expires and many requests recompute it at once. Locks, early recomputation and sharing one computation among the waiting requests prevent it.',
    aliases: ['Thundering herd'],
  },
  {
    title: 'PostgreSQL',
    description: 'Relational database system',
    text: 'PostgreSQL is a relational database system that grew out of the POSTGRES project at the University of California, Berkeley. It offers transactions, extensions, JSON and full-text search, and is published under a permissive licence.',
    aliases: ['Postgres'],
  },
  {
    title: 'Redis',
    description: 'In-memory data store',
    text: 'Redis keeps strings, hashes, lists, sets and other data structures in memory and can persist them to disk. Salvatore Sanfilippo released it in 2009. It is used as a cache, a message broker and a store for counters.',
  },
  {
    title: 'Full-text search',
    description: 'Search in the words of documents',
    text: 'Full-text search examines all words of the stored documents. An inverted index maps each word to the documents that hold it; stemming reduces words to a common form; ranking orders the results.',
    aliases: ['Inverted index'],
  },
  {
    title: 'Trigram',
    description: 'Sequence of three items',
    text: 'A trigram is a sequence of three letters, syllables or words. Comparing the trigrams of two words measures how alike they are, which finds a word in spite of a typing error.',
  },
  {
    title: 'ACID',
    description: 'Properties of database transactions',
    text: 'ACID stands for atomicity, consistency, isolation and durability, four properties of database transactions. Theo Härder and Andreas Reuter coined the acronym in 1983.',
  },
  {
    title: 'CAP theorem',
    description: 'Theorem about distributed data stores',
    text: 'The CAP theorem says that a distributed data store cannot offer consistency and availability at the same time while the network is partitioned. Eric Brewer stated it in 2000; Seth Gilbert and Nancy Lynch proved it in 2002.',
  },
  {
    title: 'Latency (engineering)',
    description: 'Delay between cause and effect',
    text: 'Latency is the time between a cause and its observed effect. In a network it has a lower bound, since no signal travels faster than light: about 5 microseconds per kilometre of optical fibre.',
  },
  {
    title: 'Queueing theory',
    description: 'Mathematical study of waiting lines',
    text: 'Queueing theory studies waiting lines. Agner Krarup Erlang founded it around 1909 with work on telephone exchanges. Waiting time grows without bound as the utilization of a server approaches 100 percent.',
  },
  {
    title: "Little's law",
    description: 'Theorem of queueing theory',
    text: "Little's law says that the average number of items in a stable system equals their average arrival rate times the average time they spend in it. John Little published a proof in 1961.",
  },
  {
    title: "Amdahl's law",
    description: 'Limit of the gain from parallel computing',
    text: "Amdahl's law bounds the speedup of a program by the part that cannot run in parallel: if 10 percent is sequential, no number of processors makes it more than ten times faster. Gene Amdahl presented it in 1967.",
  },
  {
    title: 'JSON',
    description: 'Text format for data',
    text: 'JSON is a text format for objects, arrays, strings, numbers, booleans and null. Douglas Crockford specified it in the early 2000s; RFC 8259 and ECMA-404 define it. A string may hold any of the characters <, > and & unescaped.',
  },
  {
    title: 'JSON-RPC',
    description: 'Protocol for remote procedure calls',
    text: 'JSON-RPC is a protocol for remote procedure calls whose messages are JSON objects. Version 2.0 of 2010 knows requests, notifications, which get no answer, and responses with either a result or an error.',
  },
  {
    title: 'Model Context Protocol',
    description: 'Protocol between language models and tools',
    text: 'The Model Context Protocol connects applications of language models with servers that offer tools, resources and prompts. Its messages are JSON-RPC. It was published in November 2024.',
    aliases: ['MCP'],
  },
  {
    title: 'HTTP',
    description: 'Protocol of the World Wide Web',
    text: 'HTTP is the protocol of the World Wide Web. A client sends a request with a method and a path; the server answers with a status code, headers and a body. HTTP/2 of 2015 carries many exchanges over one connection.',
    aliases: ['Hypertext Transfer Protocol'],
  },
  {
    title: 'Transmission Control Protocol',
    description: 'Protocol for reliable streams of bytes',
    text: 'The Transmission Control Protocol delivers a stream of bytes in order and without loss over an unreliable network. A connection opens with a handshake of three segments. Vint Cerf and Bob Kahn described its basis in 1974.',
    aliases: ['TCP'],
  },
  {
    title: 'Graceful degradation',
    description: 'Ability to work on with a part missing',
    text: 'A system degrades gracefully when it keeps its main function while a part of it has failed, for example by leaving out a section of a page whose source is down.',
    aliases: ['Fault tolerance'],
  },
  {
    title: 'Load balancing (computing)',
    description: 'Distribution of work over resources',
    text: 'Load balancing distributes work over several servers. Simple methods are round robin and least connections; a balancer takes a server out of rotation when its health check fails.',
  },
  {
    title: 'Software bug',
    description: 'Flaw in a computer program',
    text: 'A bug is a flaw that makes a program behave in an unintended way. In 1947 operators of the Harvard Mark II taped a moth found in a relay into the log book, but engineers had used the word long before.',
  },
  {
    title: 'Unix time',
    description: 'Representation of points in time',
    text: 'Unix time counts the seconds since 1 January 1970, 00:00:00 UTC, without leap seconds. A signed 32-bit counter overflows on 19 January 2038.',
    aliases: ['Year 2038 problem'],
  },
  {
    title: 'Ada Lovelace',
    description: 'English mathematician (1815–1852)',
    text: 'Ada Lovelace wrote notes on the Analytical Engine of Charles Babbage, published in 1843. They contain a method for computing Bernoulli numbers that is often called the first published program.',
  },
  {
    title: 'Alan Turing',
    description: 'English mathematician (1912–1954)',
    text: 'Alan Turing described in 1936 an abstract machine that became the standard model of computation, and showed that no procedure decides for every program whether it halts. During the Second World War he worked on breaking the Enigma cipher.',
  },
  {
    title: 'Grace Hopper',
    description: 'American computer scientist (1906–1992)',
    text: 'Grace Hopper wrote one of the first compilers, the A-0 system, in 1952, and her work on FLOW-MATIC shaped the language COBOL. She was a rear admiral of the United States Navy.',
  },
  {
    title: 'Claude Shannon',
    description: 'American mathematician (1916–2001)',
    text: 'Claude Shannon founded information theory with a paper of 1948 that measures information in bits and gives the capacity of a noisy channel. His thesis of 1937 applied Boolean algebra to relay circuits.',
    aliases: ['Information theory'],
  },
  {
    title: 'Speed of light',
    description: 'Physical constant',
    text: 'The speed of light in vacuum is exactly 299,792,458 metres per second. The metre has been defined by it since 1983. Ole Rømer gave the first estimate in 1676 from the motion of a moon of Jupiter.',
  },
]
