import { jobName } from '../lib/project-name.ts'
import { startCallers } from './callers.ts'
import { compose, containersOf, docker, lines } from './compose.ts'
import { lockDocuments, releaseDocuments, renameDocuments, restoreDocuments } from './database-faults.ts'
import type { Drill } from './run-drill.ts'
import type { StackAddresses } from './stack.ts'

export interface StackDrill extends Drill {
  /** For people: what is broken, and how. */
  readonly does: string
  /** Page of Grafana that shows it best. */
  readonly dashboard: string
}

const job = `job="${jobName}"`

/** All drills by name, in the order in which they are listed. */
export function stackDrills({ gateway }: StackAddresses): StackDrill[] {
  const mcpUrl = new URL(`${gateway}/mcp`)

  /** Breaks and repairs under calls of our own, which end before the repair. */
  function underCalls(
    { tool, perSecond }: { tool: string; perSecond: number },
    { breakIt, repair }: Pick<Drill, 'breakIt' | 'repair'>,
  ): Pick<Drill, 'breakIt' | 'repair'> {
    let callers: ReturnType<typeof startCallers> | undefined
    return {
      async breakIt() {
        await breakIt()
        callers = startCallers(mcpUrl, tool, perSecond)
      },
      async repair() {
        await callers?.stop()
        await repair()
      },
    }
  }

  return [
    {
      name: 'postgres',
      does: 'stops PostgreSQL',
      dashboard: 'mcp-dependencies',
      sign: down('database'),
      expects: [
        { name: 'DependencyDown', labels: { dependency: 'database' } },
        { name: 'HighErrorRate', labels: { tool_name: 'search' } },
      ],
      ...underCalls({ tool: 'search', perSecond: 2 }, stopped('postgres')),
    },
    {
      name: 'redis',
      does: 'stops Redis; callers should notice nothing',
      dashboard: 'mcp-dependencies',
      sign: down('redis'),
      expects: [{ name: 'DependencyDown', labels: { dependency: 'redis' } }, { name: 'CacheErrors' }],
      ...underCalls({ tool: 'search', perSecond: 2 }, stopped('redis')),
    },
    {
      name: 'external-api',
      does: 'takes the replicas off the network "egress", by which they reach the external API',
      dashboard: 'mcp-dependencies',
      sign: down('external_api'),
      expects: [
        { name: 'DependencyDown', labels: { dependency: 'external_api' } },
        { name: 'CircuitBreakerOpen' },
        { name: 'HighErrorRate', labels: { tool_name: 'search_wikipedia' } },
      ],
      // None of these calls leaves the machine.
      ...underCalls({ tool: 'search_wikipedia', perSecond: 2 }, offNetwork('server', 'egress')),
    },
    {
      name: 'error-burst',
      does: 'renames the table of the documents, so that calls fail although every dependency answers',
      dashboard: 'mcp-tools',
      sign: {
        promql: `sum(increase(mcp_tool_errors_total{${job},code="internal"}[1m])) > 0`,
        says: 'calls fail as internal',
      },
      expects: [{ name: 'HighErrorRate', labels: { tool_name: 'search' } }],
      ...underCalls({ tool: 'search', perSecond: 2 }, { breakIt: renameDocuments, repair: restoreDocuments }),
    },
    {
      name: 'latency-burst',
      does: 'locks the table of the documents for some seconds at a time, so that calls wait and then succeed',
      dashboard: 'mcp-tools',
      sign: {
        promql: `histogram_quantile(0.95, sum by (le) (rate(mcp_tool_latency_seconds_bucket{${job}}[1m]))) > 1`,
        says: 'one call in 20 takes more than a second',
      },
      expects: [{ name: 'SlowToolCalls', labels: { tool_name: 'search' } }],
      ...underCalls({ tool: 'search', perSecond: 1 }, { breakIt: lockDocuments, repair: releaseDocuments }),
    },
    {
      name: 'kill-replica',
      does: 'kills one of the replicas; callers should notice at most the calls it was working on',
      dashboard: 'mcp-runtime',
      sign: {
        promql: `up{${job}} == 0 or count(up{${job}}) < max_over_time(count(up{${job}})[5m:5s])`,
        says: 'Prometheus misses a replica',
      },
      expects: [{ name: 'TargetDown' }],
      async breakIt() {
        const [victim] = lines(await compose('ps', '--quiet', 'server'))
        if (victim) await docker('kill', victim)
      },
      repair: () => start('server'),
    },
    {
      name: 'otlp',
      does: 'stops the OpenTelemetry Collector; callers should notice nothing',
      dashboard: 'mcp-telemetry',
      sign: {
        promql: `sum(increase(mcp_telemetry_export_failures_total{${job}}[1m])) > 0`,
        says: 'batches are lost',
      },
      expects: [{ name: 'TelemetryExportFailing', labels: { signal: 'traces' } }],
      ...underCalls({ tool: 'search', perSecond: 2 }, stopped('otel-collector')),
    },
  ]
}

const down = (dependency: string) => ({
  promql: `mcp_dependency_up{${job},dependency="${dependency}"} == 0`,
  says: `the check of ${dependency} fails`,
})

const stopped = (service: string): Pick<Drill, 'breakIt' | 'repair'> => ({
  breakIt: () => compose('stop', service),
  repair: () => start(service),
})

/** Whatever of a service does not run, and waits until it is healthy; what runs is left alone. */
const start = (service: string) =>
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

function offNetwork(service: string, network: string): Pick<Drill, 'breakIt' | 'repair'> {
  async function networkName(): Promise<string> {
    const config = JSON.parse(await compose('config', '--format', 'json'))
    return config.networks[network].name
  }
  async function each(verb: 'connect' | 'disconnect', wanted: (isMember: boolean) => boolean): Promise<void> {
    const name = await networkName()
    for (const container of await containersOf(service)) {
      const format = '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}'
      const members = lines(await docker('inspect', '--format', format, container))
      if (wanted(members.includes(name))) await docker('network', verb, name, container)
    }
  }
  return {
    breakIt: () => each('disconnect', (isMember) => isMember),
    repair: () => each('connect', (isMember) => !isMember),
  }
}
