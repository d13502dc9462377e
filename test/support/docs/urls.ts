/** Whether addresses on this machine lead to something that listens there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Doc } from './doc.ts'
import type { Foreign, Problem } from './problem.ts'
import { publishedPorts } from './repository.ts'

const serverPort = 8080
const grafanaPort = 3000

/** Ports that documents name and neither the server nor docker-compose.yml opens. */
const foreignPorts: Foreign = {
  4318: 'a collector of the reader, by OTLP',
  4317: 'the same by gRPC',
  6274: "the Inspector's own page",
  9229: "Node's, for a debugger",
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
    // The reader has been told to choose it.
    const chosen = new RegExp(`\\b(?:PORT|OPS_PORT|[A-Z]+_PORT)=${port}\\b`).test(doc.text)
    if (![serverPort, ...publishedPorts].includes(port) && !foreignPorts[port] && !chosen)
      return [{ line, what: `nothing listens on port ${port} of this machine` }]
    const dashboard = port === grafanaPort ? /^\/d\/([^/?#]+)/.exec(path)?.[1] : undefined
    return dashboard === undefined || dashboards.includes(dashboard)
      ? []
      : [{ line, what: `Grafana has no dashboard "${dashboard}"` }]
  })
}

export interface ServerPath {
  readonly file: string
  readonly line: number
  readonly method: string
  readonly path: string
}

/** Begin like paths of a server and are none of ours. */
const foreignPaths: Foreign = {
  '/64': 'size of a network',
  '/express, /node': 'packages of the SDK',
}
const foreignPathNames = new Set(Object.keys(foreignPaths).flatMap((names) => names.split(', ')))

/** Paths of the server that a document names, whose existence only the server itself can tell. */
export function serverPathsOf(doc: Doc): ServerPath[] {
  const { file } = doc
  const quoted = doc.quotes.flatMap(({ line, text }) => {
    const [, method = 'GET', path] = /^(?:(GET|POST|DELETE) )?(\/[\w{}:./-]*)$/.exec(text) ?? []
    return path === undefined || foreignPathNames.has(path) ? [] : [{ file, line, method, path }]
  })
  const urls = localUrls(doc)
    .filter(({ port }) => port === serverPort)
    .map(({ line, path }) => ({ file, line, method: 'GET', path: path.replace(/[?#].*/, '') || '/' }))
  return [...quoted, ...urls]
}
