import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterFile } from '../../support/cleanup.ts'
import { startServer } from '../../support/server.ts'
import { executeSql } from '../../support/template-database.ts'
import { type DrillStack, startDrillStack, targetsOf } from './support/drill-stack.ts'
import { drilled } from './support/drilled.ts'

let stack: DrillStack
before(async () => {
  stack = await startDrillStack()
})

describe('the alerts about the service itself', () => {
  it('come and go with errors that are ours, while every dependency answers', () =>
    drilled(stack, {
      name: 'error burst',
      sign: {
        promql: 'sum(rate(mcp_tool_errors_total{code="internal"}[5s])) > 0',
        says: 'calls fail as internal',
      },
      expects: [{ name: 'HighErrorRate', labels: { tool_name: 'search' } }],
      mayAlsoFire: ['HighErrorRate'],
      breakIt: () => executeSql(stack.postgres.url, 'alter table documents rename to documents_away'),
      repair: () =>
        executeSql(stack.postgres.url, 'alter table if exists documents_away rename to documents'),
    }))

  it('come and go with calls that are slow and succeed', async () => {
    const lock = createLock(stack.postgres.url)
    await drilled(stack, {
      name: 'latency burst',
      sign: {
        promql:
          'sum(rate(mcp_tool_latency_seconds_bucket{le="2.5"}[5s])) < sum(rate(mcp_tool_latency_seconds_count[5s]))',
        says: 'calls take more than 2.5 s',
      },
      expects: [{ name: 'SlowToolCalls', labels: { tool_name: 'search' } }],
      // Who waits for a lock holds a connection; when calls bunch up, the check finds none left.
      mayAlsoFire: ['PgPoolSaturated', 'DependencyDown'],
      breakIt: lock.hold,
      repair: lock.release,
    })
  })

  it('come and go with a replica that is killed', async () => {
    const [survivor, victim] = stack.servers
    if (!survivor || !victim) throw new Error('two replicas are wanted')
    await drilled(stack, {
      name: 'kill a replica',
      sign: { promql: 'up{job="mcp-server"} == 0', says: 'a replica cannot be scraped' },
      expects: [
        { name: 'TargetDown', labels: { reason: 'unreachable', instance: new URL(victim.url).host } },
      ],
      breakIt: () => victim.stop('SIGKILL'),
      // A new one, as an orchestrator would start it.
      repair: async () => {
        const replacement = await startServer(stack.env)
        await stack.prometheus.reload({ targets: targetsOf([survivor, replacement]) })
      },
    })
  })

  it('come and go with a replica that has left the service discovery', async () => {
    const [survivor] = stack.servers
    if (!survivor) throw new Error('a replica is wanted')
    const both = (await stack.prometheus.query('up == 1')).map(({ metric }) => metric.instance ?? '')
    await drilled(stack, {
      name: 'lose a replica',
      sign: { promql: 'count(up{job="mcp-server"}) < 2', says: 'a replica is known no more' },
      expects: [{ name: 'TargetDown', labels: { reason: 'gone' } }],
      breakIt: () => stack.prometheus.reload({ targets: targetsOf([survivor]) }),
      repair: () => stack.prometheus.reload({ targets: both }),
    })
  })

  it('come and go with the OTLP endpoint', () =>
    drilled(stack, {
      name: 'stop the OTLP endpoint',
      sign: {
        promql: 'sum(rate(mcp_telemetry_export_failures_total[5s])) > 0',
        says: 'batches are lost',
      },
      expects: [{ name: 'TelemetryExportFailing', labels: { signal: 'traces' } }],
      breakIt: () => stack.otlp.stop(),
      repair: () => stack.otlp.start(),
    }))
})

/** Locks the documents most of the time, so that who wants them waits and gets them in the end. */
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
