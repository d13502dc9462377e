/** Checks that local URLs name a port that some process listens on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Doc } from './doc.ts'
import type { ExternalNames, Problem } from './problem.ts'
import { publishedPorts } from './repository.ts'

const serverPort = 8080
const grafanaPort = 3000

/** Ports that neither the server nor docker-compose.yml opens. */
const externalPorts: ExternalNames = {
  4318: "the reader's collector, OTLP over HTTP",
  4317: "the reader's collector, OTLP over gRPC",
  6274: 'MCP Inspector',
  9229: 'Node debugger',
}

interface LocalUrl {
  readonly line: number
  readonly port: number
  readonly path: string
}

const localUrl = /(?<![\w.-])(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)([/?#][^\s`'"<>|)\]]*)?/g

const localUrls = ({ text }: Doc): LocalUrl[] =>
  text.split('\n').flatMap((row, index) =>
    [...row.matchAll(localUrl)].map(([, port, path = '/']) => ({
      line: index + 1,
      port: Number(port),
      path: path.replace(/[.,;:]+$/, ''),
    })),
  )

const dashboards = existsSync('grafana/dashboards')
  ? readdirSync('grafana/dashboards').map(
      (file) => JSON.parse(readFileSync(`grafana/dashboards/${file}`, 'utf8')).uid,
    )
  : []

export function urlProblems(doc: Doc): Problem[] {
  return localUrls(doc).flatMap(({ line, port, path }) => {
    // The document sets this port in a variable.
    const isConfigured = new RegExp(`\\b(?:PORT|OPS_PORT|[A-Z]+_PORT)=${port}\\b`).test(doc.text)
    if (![serverPort, ...publishedPorts].includes(port) && !externalPorts[port] && !isConfigured)
      return [{ line, message: `nothing listens on local port ${port}` }]
    const dashboard = port === grafanaPort ? /^\/d\/([^/?#]+)/.exec(path)?.[1] : undefined
    return dashboard === undefined || dashboards.includes(dashboard)
      ? []
      : [{ line, message: `Grafana has no dashboard "${dashboard}"` }]
  })
}

export interface ServerPath {
  readonly file: string
  readonly line: number
  readonly method: string
  readonly path: string
}

/** Text with the form of a server path. */
const externalPaths: ExternalNames = {
  '/64': 'prefix length of a network',
  '/express, /node': 'SDK packages',
  '/v1/traces, /v1/logs': 'paths of an OTLP receiver',
}
const externalPathNames = new Set(Object.keys(externalPaths).flatMap((names) => names.split(', ')))

/** Server paths that a document names; only a request to a running server can check them. */
export function serverPathsOf(doc: Doc): ServerPath[] {
  const { file } = doc
  const quoted = doc.quotes.flatMap(({ line, text }) => {
    const [, method = 'GET', path] = /^(?:(GET|POST|DELETE) )?(\/[\w{}:./-]*)$/.exec(text) ?? []
    return path === undefined || externalPathNames.has(path) ? [] : [{ file, line, method, path }]
  })
  const urls = localUrls(doc)
    .filter(({ port }) => port === serverPort)
    .map(({ line, path }) => ({ file, line, method: 'GET', path: path.replace(/[?#].*/, '') || '/' }))
  return [...quoted, ...urls]
}
