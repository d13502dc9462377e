import { calledTool } from '../called-tool.ts'
import { compose, docker, lines } from '../compose.ts'
import { down, job, type StackDrill, start, stopService } from '../stack-drill.ts'

const highErrorRate = { name: 'HighErrorRate', labels: { tool_name: calledTool.name } }

const drills: readonly StackDrill[] = [
  {
    name: 'postgres',
    does: 'stops PostgreSQL',
    dashboard: 'mcp-dependencies',
    symptom: down('database'),
    expects: [
      { name: 'DependencyDown', labels: { dependency: 'database' } },
      ...(calledTool.needsDatabase ? [highErrorRate] : []),
    ],
    calls: { perSecond: 2 },
    ...stopService('postgres'),
  },
  {
    name: 'redis',
    does: 'stops Redis; clients should see no failure',
    dashboard: 'mcp-dependencies',
    symptom: down('redis'),
    expects: [
      { name: 'DependencyDown', labels: { dependency: 'redis' } },
      { name: 'CacheErrors' },
      { name: 'RateLimitFallback' },
    ],
    calls: { perSecond: 2 },
    ...stopService('redis'),
  },
  {
    name: 'kill-replica',
    does: 'kills one replica; clients should see at most its calls in flight fail',
    dashboard: 'mcp-runtime',
    symptom: {
      promql: `up{${job}} == 0 or count(up{${job}}) < max_over_time(count(up{${job}})[5m:5s])`,
      description: 'a replica cannot be scraped',
    },
    expects: [{ name: 'TargetDown' }],
    async injectFault() {
      const [victim] = lines(await compose('ps', '--quiet', 'server'))
      if (victim) await docker('kill', victim)
    },
    repair: () => start('server'),
  },
  {
    name: 'kill-gateway',
    does: 'kills the gateway; every call from outside fails, and the server only looks idle',
    dashboard: 'mcp-overview',
    symptom: { promql: 'probe_success{job="mcp-probe"} == 0', description: 'a probe from outside fails' },
    expects: [{ name: 'ProbeFailing', labels: { probe: 'call_2026_07_28' } }],
    injectFault: () => compose('kill', 'gateway'),
    repair: () => start('gateway'),
  },
  {
    name: 'client-errors',
    does: 'calls a tool without its arguments, as after a release that renamed one',
    dashboard: 'mcp-tools',
    symptom: {
      promql: `sum(increase(mcp_tool_errors_total{${job},code="invalid_arguments"}[1m])) > 10`,
      description: 'calls fail as invalid_arguments',
    },
    expects: [{ name: 'ClientErrorsSpike', labels: { tool_name: calledTool.name } }],
    calls: { perSecond: 5, arguments: {} },
    injectFault: async () => undefined,
    repair: async () => undefined,
  },
  {
    name: 'stop-clients',
    does: 'stops the simulated users; the server merely looks idle',
    dashboard: 'mcp-overview',
    symptom: {
      promql: `sum(increase(mcp_client_messages_total{${job},client_name!="probe"}[1m])) == 0`,
      description: 'no client sends messages',
    },
    expects: [{ name: 'NoTraffic' }],
    ...stopService('demo'),
  },
  {
    name: 'otlp',
    does: 'stops the OpenTelemetry Collector; clients should see no failure',
    dashboard: 'mcp-telemetry',
    symptom: {
      promql: `sum(increase(mcp_telemetry_export_failures_total{${job}}[1m])) > 0`,
      description: 'telemetry batches are lost',
    },
    expects: [{ name: 'TelemetryExportFailing', labels: { signal: 'traces' } }],
    calls: { perSecond: 2 },
    ...stopService('otel-collector'),
  },
]

export default drills
