import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterFile } from '../../support/cleanup.ts'
import { startServer } from '../../support/server.ts'
import { executeSql } from '../../support/template-database.ts'
import { type DrillStack, startDrillStack, startDrillTraffic, targetsOf } from './support/drill-stack.ts'
import { runDrillTest } from './support/run-drill-test.ts'

let stack: DrillStack
before(async () => {
  stack = await startDrillStack()
})

describe('the service alerts', () => {
  it('fire and resolve with internal errors while all dependencies are up', () =>
    runDrillTest(stack, {
      name: 'error burst',
      symptom: {
        promql: 'sum(rate(mcp_tool_errors_total{code="internal"}[5s])) > 0',
        description: 'calls fail as internal',
      },
      expects: [{ name: 'HighErrorRate', labels: { tool_name: 'search' } }],
      mayAlsoFire: ['HighErrorRate'],
      injectFault: () => executeSql(stack.postgres.url, 'alter table documents rename to documents_away'),
      repair: () =>
        executeSql(stack.postgres.url, 'alter table if exists documents_away rename to documents'),
    }))

  it('fire and resolve with slow but successful calls', async () => {
    const lock = createLock(stack.postgres.url)
    await runDrillTest(stack, {
      name: 'latency burst',
      symptom: {
        promql:
          'sum(rate(mcp_tool_latency_seconds_bucket{le="2.5"}[5s])) < sum(rate(mcp_tool_latency_seconds_count[5s]))',
        description: 'calls take more than 2.5 s',
      },
      expects: [{ name: 'SlowToolCalls', labels: { tool_name: 'search' } }],
      // Calls that wait for the lock hold connections.
      mayAlsoFire: ['PgPoolSaturated'],
      injectFault: lock.hold,
      repair: lock.release,
    })
  })

  it('fire and resolve with a killed replica', async () => {
    const [survivor, victim] = stack.servers
    if (!survivor || !victim) throw new Error('expected two replicas')
    await runDrillTest(stack, {
      name: 'kill a replica',
      symptom: { promql: 'up{job="mcp-server"} == 0', description: 'a replica cannot be scraped' },
      expects: [
        { name: 'TargetDown', labels: { reason: 'unreachable', instance: new URL(victim.url).host } },
      ],
      injectFault: () => victim.stop('SIGKILL'),
      // Like an orchestrator, start a new replica.
      repair: async () => {
        const replacement = await startServer(stack.env)
        await stack.prometheus.reload({ targets: targetsOf([survivor, replacement]) })
      },
    })
  })

  it('fire and resolve with a replica missing in service discovery', async () => {
    const [survivor] = stack.servers
    if (!survivor) throw new Error('expected a replica')
    const both = (await stack.prometheus.query('up == 1')).map(({ metric }) => metric.instance ?? '')
    await runDrillTest(stack, {
      name: 'lose a replica',
      symptom: { promql: 'count(up{job="mcp-server"}) < 2', description: 'a replica is known no more' },
      expects: [{ name: 'TargetDown', labels: { reason: 'gone' } }],
      injectFault: () => stack.prometheus.reload({ targets: targetsOf([survivor]) }),
      repair: () => stack.prometheus.reload({ targets: both }),
    })
  })

  it('fire and resolve with an outage of the OTLP endpoint', () =>
    runDrillTest(stack, {
      name: 'stop the OTLP endpoint',
      symptom: {
        promql: 'sum(rate(mcp_telemetry_export_failures_total[5s])) > 0',
        description: 'batches are lost',
      },
      expects: [{ name: 'TelemetryExportFailing', labels: { signal: 'traces' } }],
      injectFault: () => stack.otlp.stop(),
      repair: () => stack.otlp.start(),
    }))

  it('fire and resolve with clients that stop calling', () =>
    runDrillTest(stack, {
      name: 'stop the clients',
      symptom: {
        promql: 'sum(increase(mcp_client_messages_total{client_name!="probe"}[5s])) == 0',
        description: 'no client sends messages',
      },
      expects: [{ name: 'NoTraffic' }],
      injectFault: () => stack.traffic.stop(),
      // To the replica that no other test kills.
      repair: async () => void (await startDrillTraffic(stack.servers.slice(0, 1))),
    }))
})

/** Holds a table lock most of the time, so that calls are slow but succeed. */
function createLock(databaseUrl: string) {
  let holding: Promise<void> | undefined
  let released = new AbortController()
  async function run(): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    while (!released.signal.aborted) {
      await client.query('begin; lock table documents in access exclusive mode')
      await delay(3_300, undefined, { signal: released.signal }).catch(() => undefined)
      await client.query('commit')
      await delay(400)
    }
    await client.end()
  }
  async function release(): Promise<void> {
    released.abort()
    await holding
  }
  afterFile(release)
  return {
    async hold(): Promise<void> {
      released = new AbortController()
      holding = run()
    },
    release,
  }
}
