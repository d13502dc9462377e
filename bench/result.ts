import { cpus } from 'node:os'
import type { Measured, Plan } from './measure.ts'

/** The stored result of one run. */
export interface Result {
  readonly node: string
  readonly cores: number
  readonly rounds: number
  readonly requests: number
  readonly connections: number
  readonly measured: readonly Measured[]
}

export function describeRun({ rounds, requests, connections }: Plan): Omit<Result, 'measured'> {
  return { node: process.version, cores: cpus().length, rounds, requests, connections }
}

/** Results are stored per major version of Node. */
export const resultFile = (type: 'json' | 'svg'): URL =>
  new URL(`results/node-${process.versions.node.split('.')[0]}.${type}`, import.meta.url)

export const scaleFile = (): URL =>
  new URL(`results/scale-node-${process.versions.node.split('.')[0]}.json`, import.meta.url)
