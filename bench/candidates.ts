import { fileURLToPath } from 'node:url'
import { fullSettings, type ProductContext, productCommand, v8Options } from './product.ts'
import type { Era } from './rpc.ts'
import type { ServerCommand } from './server-process.ts'

export interface Candidate {
  readonly name: string
  readonly ours: boolean
  readonly eras: readonly Era[]
  readonly command: ServerCommand
  /** Default: 16. */
  readonly connections?: number
  /** Default: true. */
  readonly pinned?: boolean
  /** Requests of one turn; default: `slice`. */
  readonly turn?: number
  /** A process beside the client empties the cache that the cores share. */
  readonly neighbour?: boolean
  /** Counts the lines of `--trace-opt` and `--trace-deopt` in the log file. */
  readonly traced?: boolean
  /** A part of this server, which a run measures by name only. */
  readonly isPart?: boolean
}

export const reference = 'SDK v2 on Express'
export const fullServer = 'this server, everything on'

/** Highest cost in multiples of the reference, by major version of Node. */
export const targets: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  [fullServer]: { 20: 1.1, 24: 1 },
  'traces of every call': { 20: 1.2, 24: 1.2 },
}

const both: readonly Era[] = ['modern', 'legacy']

function peer(name: string, file: string, eras: readonly Era[]): Candidate {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  return { name, ours: false, eras, command: { args: [...v8Options, `peers/${file}.mjs`], cwd } }
}

export function allCandidates(context: ProductContext): Candidate[] {
  const product = (
    name: string,
    settings: Partial<typeof fullSettings>,
    eras: readonly Era[] = ['modern'],
  ): Candidate => ({
    name,
    ours: true,
    eras,
    command: productCommand({ ...fullSettings, ...settings }, context),
  })
  const part = (name: string, settings: Partial<typeof fullSettings>): Candidate => ({
    ...product(name, settings),
    isPart: true,
  })
  return [
    peer('plain node:http (the limit)', 'node-http', ['modern']),
    peer('SDK v2 on node:http', 'sdk-v2-http', ['modern']),
    peer(reference, 'sdk-v2-express', both),
    peer('SDK v1 stateless on Express', 'sdk-v1-express', ['legacy']),
    peer('fastmcp stateless', 'fastmcp', ['legacy']),
    product(fullServer, {}, both),
    product('traces of every call', { traces: 1 }),
    part('metrics by OTLP, too', { otlpMetrics: true }),
    part('without traces', { traces: 0 }),
    part('without the log', { logs: false }),
    part('without metrics', { metrics: false }),
    part('without log and metrics', { logs: false, metrics: false }),
    part('without rate limit', { rateLimit: false }),
    part('guards alone', { traces: 0, logs: false, metrics: false, rateLimit: false }),
  ]
}
