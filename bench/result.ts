import { cpus } from 'node:os'
import type { Measured, Plan } from './measure.ts'

/** One run of the bench, as it is kept. */
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

/** Each major version of Node has its own results. */
export const resultFile = (type: 'json' | 'svg'): URL =>
  new URL(`results/node-${process.versions.node.split('.')[0]}.${type}`, import.meta.url)

export const scaleFile = (): URL =>
  new URL(`results/scale-node-${process.versions.node.split('.')[0]}.json`, import.meta.url)
