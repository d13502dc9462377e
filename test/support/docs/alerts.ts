/** Whether names that are written like an alert's are an alert's. */
import { readFileSync } from 'node:fs'
import { alerts } from '../rules.ts'
import type { Doc, Piece } from './doc.ts'
import type { Foreign, Problem } from './problem.ts'
import { paths } from './repository.ts'

const names = new Set(alerts.map(({ alert }) => alert))
const source = paths
  .filter((path) => /^(src|dev|grafana)\/.*\.ts$/.test(path))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')
const identifiers = new Set(source.match(/\b[A-Z]\w+\b/g))

/** Names of others that are written alike. */
const foreign: Foreign = {
  'ConfigMap, ConfigMaps, NetworkPolicy, DaemonSet, StatefulSet, ExternalSecret, ClusterSecretStore':
    'of Kubernetes',
  'PrometheusRule, ServiceMonitor, PodMonitor, AlertManager': "of Prometheus' operator",
  'OpenMetrics, OpenTelemetry, PgBouncer, WebAssembly, WebSocket, WebSockets, OpenSsl':
    'projects and standards',
  'RangeError, TypeError': 'of JavaScript',
  'JavaScript, TypeScript, GitHub, GitLab, DevTools, EditorConfig, CodeSpaces, Codespaces':
    'languages and tools',
  'MyServer, MyTool': 'to be chosen by the reader',
}
const foreignNames = new Set(Object.keys(foreign).flatMap((list) => list.split(', ')))

const looksLikeAlert = /(?<![\w./:-])[A-Z][a-z]+(?:[A-Z][a-z0-9]+)+(?![\w-])/g

export function alertProblems({ quotes, blocks, prose }: Doc): Problem[] {
  const unknown = (pieces: readonly Piece[], known: (name: string) => boolean) =>
    pieces.flatMap(({ line, text }) =>
      [...text.matchAll(looksLikeAlert)]
        .filter(([name]) => !names.has(name) && !foreignNames.has(name) && !known(name))
        .map(([name]) => ({ line, what: `there is no alert ${name}` })),
    )
  const alertname = blocks.flatMap(({ line, text }) =>
    [...text.matchAll(/alertname(?:=~?|: )"?([A-Z]\w+)/g)]
      .filter(([, name]) => !names.has(name ?? ''))
      .map(([, name]) => ({ line, what: `there is no alert ${name}` })),
  )
  // A quoted word may be a name from the code instead.
  return [...unknown(quotes, (name) => identifiers.has(name)), ...unknown(prose, () => false), ...alertname]
}
