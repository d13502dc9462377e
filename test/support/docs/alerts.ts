/** Checks that names spelled like an alert are names of alerts. */
import { readFileSync } from 'node:fs'
import { alerts } from '../rules.ts'
import type { Doc, Fragment } from './doc.ts'
import type { ExternalNames, Problem } from './problem.ts'
import { paths } from './repository.ts'

const names = new Set(alerts.map(({ alert }) => alert))
const source = paths
  .filter((path) => /^(src|dev|grafana)\/.*\.ts$/.test(path))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')
const identifiers = new Set(source.match(/\b[A-Z]\w+\b/g))

/** Other names with the spelling of an alert. */
const external: ExternalNames = {
  LangChain: 'client library',
  'ConfigMap, ConfigMaps, NetworkPolicy, DaemonSet, StatefulSet, ExternalSecret, ClusterSecretStore':
    'Kubernetes',
  'PrometheusRule, ServiceMonitor, PodMonitor, AlertManager': 'the Prometheus operator',
  'OpenMetrics, OpenTelemetry, PgBouncer, WebAssembly, WebSocket, WebSockets, OpenSsl':
    'projects and standards',
  'RangeError, TypeError': 'JavaScript',
  'JavaScript, TypeScript, GitHub, GitLab, DevTools, EditorConfig, CodeSpaces, Codespaces, LangChain':
    'languages and tools',
  'MyServer, MyTool': 'placeholders',
}
const externalNames = new Set(Object.keys(external).flatMap((list) => list.split(', ')))

const looksLikeAlert = /(?<![\w./:-])[A-Z][a-z]+(?:[A-Z][a-z0-9]+)+(?![\w-])/g

export function alertProblems({ quotes, blocks, prose }: Doc): Problem[] {
  const unknown = (fragments: readonly Fragment[], known: (name: string) => boolean) =>
    fragments.flatMap(({ line, text }) =>
      [...text.matchAll(looksLikeAlert)]
        .filter(([name]) => !names.has(name) && !externalNames.has(name) && !known(name))
        .map(([name]) => ({ line, message: `there is no alert ${name}` })),
    )
  const alertname = blocks.flatMap(({ line, text }) =>
    [...text.matchAll(/alertname(?:=~?|: )"?([A-Z]\w+)/g)]
      .filter(([, name]) => !names.has(name ?? ''))
      .map(([, name]) => ({ line, message: `there is no alert ${name}` })),
  )
  // A word in backticks may be an identifier of the code.
  return [...unknown(quotes, (name) => identifiers.has(name)), ...unknown(prose, () => false), ...alertname]
}
