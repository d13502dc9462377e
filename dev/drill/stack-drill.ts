import { readdirSync } from 'node:fs'
import { jobName } from '../lib/project-name.ts'
import { compose } from './compose.ts'
import type { Drill } from './run-drill.ts'

/** A drill for the compose stack; each file in `drills` exports a list of them. */
export interface StackDrill extends Drill {
  /** The fault, for display. */
  readonly does: string
  /** Uid of the Grafana dashboard that shows it best. */
  readonly dashboard: string
  /** Calls during the fault, so that rates have data without demo traffic. */
  readonly calls?: {
    readonly perSecond: number
    readonly tool?: string
    /** Of every call; by default each has others. */
    readonly arguments?: Record<string, unknown>
  }
}

/** All drills by name. */
export async function findDrills(): Promise<StackDrill[]> {
  const folder = new URL('drills/', import.meta.url)
  const modules: { default: readonly StackDrill[] }[] = await Promise.all(
    readdirSync(folder).map((file) => import(new URL(file, folder).href)),
  )
  return modules.flatMap((module) => module.default).sort((a, b) => a.name.localeCompare(b.name))
}

export const job = `job="${jobName}"`

export const down = (dependency: string): Drill['symptom'] => ({
  promql: `mcp_dependency_up{${job},dependency="${dependency}"} == 0`,
  description: `the health check of ${dependency} fails`,
})

export const stopService = (service: string): Pick<Drill, 'injectFault' | 'repair'> => ({
  injectFault: () => compose('stop', service),
  repair: () => start(service),
})

const upOptions = ['--detach', '--no-deps', '--no-recreate', '--no-build', '--wait', '--wait-timeout=60']

/** Starts stopped containers of a service, and waits until it is healthy. */
export const start = (service: string): Promise<string> => compose('up', ...upOptions, service)
