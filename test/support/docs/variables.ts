/** Checks that some program reads each environment variable. */
import { readFileSync } from 'node:fs'
import { serverVariables } from '../../../src/config/variables.ts'
import { commandsOf } from './commands.ts'
import type { Doc, Fragment } from './doc.ts'
import type { ExternalNames, Problem } from './problem.ts'
import { composeVariables, paths } from './repository.ts'

/** Variables that external programs read, and words with the form of a variable. */
const external: ExternalNames = {
  'OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL, OTEL_EXPORTER_OTLP_HEADERS': 'OpenTelemetry',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT': 'OpenTelemetry',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE': 'OpenTelemetry',
  'OTEL_TRACES_EXPORTER, OTEL_LOGS_EXPORTER, OTEL_METRICS_EXPORTER, OTEL_PROPAGATORS': 'OpenTelemetry',
  'OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG, OTEL_SDK_DISABLED, OTEL_SERVICE_NAME': 'OpenTelemetry',
  'OTEL_LOG_LEVEL, OTEL_RESOURCE_ATTRIBUTES, OTEL_SEMCONV_STABILITY_OPT_IN': 'OpenTelemetry',
  OTEL_BSP_MAX_QUEUE_SIZE: 'OpenTelemetry',
  OTEL_METRIC_EXPORT_TIMEOUT: 'named as one without effect',
  EAI_AGAIN: 'an error code of Node',
  'OTEL_NODE_ENABLED_INSTRUMENTATIONS, OTEL_NODE_RESOURCE_DETECTORS':
    'the OpenTelemetry instrumentations for Node',
  'DD_ENV, DD_SERVICE, DD_VERSION': 'hot-shots, the StatsD client',
  'NODE_OPTIONS, NODE_EXTRA_CA_CERTS, NODE_ENV': 'Node',
  'NODE_USE_ENV_PROXY, HTTP_PROXY, HTTPS_PROXY, NO_PROXY': 'Node 24',
  'REDIS_SENTINELS, REDIS_CLUSTER': 'rejected in a decision',
  'PGHOST, PGPASSWORD': 'psql',
  MCP_TOKEN: "the reader's shell, and `npm run try`",
}
const externalNames = new Set(Object.keys(external).flatMap((names) => names.split(', ')))

const programs = paths.filter((path) => /^(src|dev|test|bench|deploy)\/.*\.(m?ts|sh)$/.test(path))
const manifests = paths.filter((path) => /^deploy\/.*\.ya?ml$/.test(path))
const namesIn = (files: readonly string[], pattern: RegExp) =>
  files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name = '', other = '']) => name || other),
  )

const read = new Set([
  ...Object.keys(serverVariables),
  ...composeVariables,
  ...namesIn(['.env.example'], /^#?([A-Z][A-Z0-9_]*)=/gm),
  ...namesIn(programs, /\benv(?:ironment)?\??\.([A-Z][A-Z0-9_]*)\b|\$([A-Z][A-Z0-9_]+)/g),
  ...namesIn(manifests, /\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)=?/g),
])

/** Placeholders. */
const isPlaceholder = /^(?:THE|YOUR)_/
const looksLikeVariable = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b(?!\*)/g

export function variableProblems(doc: Doc): Problem[] {
  const fragments: readonly Fragment[] = [
    ...doc.quotes,
    ...doc.blocks.filter(({ language }) => !/^(sql|ts|promql)$/.test(language)),
  ]
  const named = fragments.flatMap(({ line, text }) =>
    text
      .split('\n')
      .flatMap((row, index) =>
        [...row.matchAll(looksLikeVariable)].map(([name]) => ({ line: line + index, name })),
      ),
  )
  const set = commandsOf(doc).flatMap(({ line, env, words }) =>
    // An assignment without a command sets a shell variable for later lines.
    words.length === 0 ? [] : env.map((name) => ({ line, name })),
  )
  return [...named, ...set]
    .filter(({ name }) => !isPlaceholder.test(name) && !read.has(name) && !externalNames.has(name))
    .map(({ line, name }) => ({ line, message: `nothing reads the variable ${name}` }))
}
