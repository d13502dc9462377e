import { readdirSync } from 'node:fs'
import { jobName } from '../lib/project-name.ts'
import { compose } from './compose.ts'
import type { Drill } from './run-drill.ts'

/** A drill in the compose stack. Those of a topic are the default export of a file in `drills`. */
export interface StackDrill extends Drill {
  /** For people: what is broken, and how. */
  readonly does: string
  /** Page of Grafana that shows it best. */
  readonly dashboard: string
  /** Calls that are made during the fault, so that rates have something to count where the demo traffic is off. */
  readonly calls?: { readonly perSecond: number; readonly tool?: string }
}

/** All drills, in the order in which they are listed. */
export async function findDrills(): Promise<StackDrill[]> {
  const folder = new URL('drills/', import.meta.url)
  const modules: { default: readonly StackDrill[] }[] = await Promise.all(
    readdirSync(folder).map((file) => import(new URL(file, folder).href)),
  )
  return modules.flatMap((module) => module.default).sort((a, b) => a.name.localeCompare(b.name))
}

export const job = `job="${jobName}"`

export const down = (dependency: string): Drill['sign'] => ({
  promql: `mcp_dependency_up{${job},dependency="${dependency}"} == 0`,
  says: `the check of ${dependency} fails`,
})

export const stopped = (service: string): Pick<Drill, 'breakIt' | 'repair'> => ({
  breakIt: () => compose('stop', service),
  repair: () => start(service),
})

/** Starts what does not run of a service, and waits until it is healthy. */
export const start = (service: string): Promise<string> =>
  compose(
    'up',
    '--detach',
    '--no-deps',
    '--no-recreate',
    '--no-build',
    '--wait',
    '--wait-timeout=60',
    service,
  )
