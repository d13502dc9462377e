import { calledTool } from '../called-tool.ts'
import { compose, docker, lines } from '../compose.ts'
import { down, job, type StackDrill, start, stopped } from '../stack-drill.ts'

const callsFail = { name: 'HighErrorRate', labels: { tool_name: calledTool.name } }

const drills: readonly StackDrill[] = [
  {
    name: 'postgres',
    does: 'stops PostgreSQL',
    dashboard: 'mcp-dependencies',
    sign: down('database'),
    expects: [
      { name: 'DependencyDown', labels: { dependency: 'database' } },
      ...(calledTool.needsDatabase ? [callsFail] : []),
    ],
    calls: { perSecond: 2 },
    ...stopped('postgres'),
  },
  {
    name: 'redis',
    does: 'stops Redis; callers should notice nothing',
    dashboard: 'mcp-dependencies',
    sign: down('redis'),
    expects: [{ name: 'DependencyDown', labels: { dependency: 'redis' } }, { name: 'CacheErrors' }],
    calls: { perSecond: 2 },
    ...stopped('redis'),
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
    calls: { perSecond: 2 },
    ...stopped('otel-collector'),
  },
]

export default drills
