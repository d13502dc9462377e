import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Measured, Sample } from './measure.ts'

export interface Run {
  /** ISO 8601. */
  readonly date: string
  /** The last commit that changed what runs, e.g. `ee26b27`, or `ee26b27 with changes`. */
  readonly build: string
  /** Machine, services, cores and plan. */
  readonly description: string
  readonly measured: readonly (Omit<Measured, 'samples'> & {
    readonly samples: readonly Omit<Sample, 'slices'>[]
  })[]
}

/** Stored runs, oldest first, and tables of `factors.ts` by name. */
export interface Results {
  readonly runs: readonly Run[]
  readonly factors: Readonly<Record<string, { readonly description: string; readonly rows: string[][] }>>
}

/** As many as are compared with each other. */
const keptRuns = 3

/** Results are stored per major version of Node. */
const [major = ''] = process.versions.node.split('.')
const fileOf = (major: string): URL => new URL(`results/node-${major}.json`, import.meta.url)

export function readResults(version = major): Results {
  const file = fileOf(version)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { runs: [], factors: {} }
}

export function addRun(run: Run): void {
  const { runs, factors } = readResults()
  write({ runs: [...runs, run].slice(-keptRuns), factors })
}

export function addFactor(name: string, factor: Results['factors'][string]): void {
  const { runs, factors } = readResults()
  write({ runs, factors: { ...factors, [name]: factor } })
}

const write = (results: Results): void => writeFileSync(fileOf(major), serialize(results))

/** JSON with a line per process, without slices. */
export function serialize(results: Results): string {
  const text = JSON.stringify(results, (key, value) => {
    if (key === 'slices') return undefined
    return typeof value === 'number' ? Number(value.toPrecision(6)) : value
  })
  // Matches in no string, because JSON escapes quotes there.
  return `${text.replaceAll(/(?<=[[,])(?=\{"\w)/g, '\n')}\n`
}

/** The stored result of `image.ts`. */
export interface ImageStart {
  /** Date, versions and machine. */
  readonly description: string
  /** From `docker compose run` until `/readyz` responds 200, in the order of the starts. */
  readonly seconds: readonly number[]
}

export const imageFile = new URL('results/image.json', import.meta.url)

export const scaleFile = (): URL => new URL(`results/scale-node-${major}.json`, import.meta.url)

/** The stored result of `end-to-end.ts`. */
export interface EndToEnd {
  readonly description: string
  readonly search: readonly SearchRow[]
  readonly fromClone: { readonly installSeconds: number; readonly startSeconds: number }
}

/** Medians of the rounds. */
export interface SearchRow {
  readonly name: string
  readonly connections: number
  readonly callsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export const endToEndFile = (version = major): URL =>
  new URL(`results/end-to-end-node-${version}.json`, import.meta.url)
