import { compose } from '../compose.ts'
import { job, type StackDrill, start } from '../stack-drill.ts'

const lockName = 'drill-lock'
/** Bounds the lock if the drill is killed. */
const lockMinutes = 20
const tool = 'search'

/** Runs SQL as superuser; the server's own role lacks the privileges. */
const psql = (sql: string, mode = '--no-TTY', application = 'drill'): Promise<string> =>
  compose(
    ...['exec', mode, 'postgres', 'psql', '--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1'],
    `--dbname=host=127.0.0.1 user=postgres dbname=mcp application_name=${application}`,
    `--command=${sql}`,
  )

/** Holds the lock most of the time, but never longer than 3.3 s. */
const lockDocuments = `do $$
  declare ends constant timestamptz := clock_timestamp() + interval '${lockMinutes} minutes';
  begin
    while clock_timestamp() < ends loop
      lock table documents in access exclusive mode;
      perform pg_sleep(3.3);
      commit;
      perform pg_sleep(0.4);
    end loop;
  end $$`

async function repairWith(sql: string): Promise<void> {
  // Another drill may have stopped it.
  await start('postgres')
  await psql(sql)
}

const drills: readonly StackDrill[] = [
  {
    name: 'error-burst',
    does: 'renames the documents table: calls fail although every dependency is up',
    dashboard: 'mcp-tools',
    symptom: {
      promql: `sum(increase(mcp_tool_errors_total{${job},code="internal"}[1m])) > 0`,
      description: 'calls fail as internal',
    },
    expects: [{ name: 'HighErrorRate', labels: { tool_name: tool } }],
    calls: { perSecond: 2, tool },
    injectFault: () => psql('alter table documents rename to documents_away'),
    repair: () => repairWith('alter table if exists documents_away rename to documents'),
  },
  {
    name: 'latency-burst',
    does: 'locks the documents table for some seconds at a time: calls are slow but succeed',
    dashboard: 'mcp-tools',
    symptom: {
      promql: `histogram_quantile(0.95, sum by (le) (rate(mcp_tool_latency_seconds_bucket{${job}}[1m]))) > 1`,
      description: 'p95 latency exceeds 1 s',
    },
    expects: [{ name: 'SlowToolCalls', labels: { tool_name: tool } }],
    calls: { perSecond: 1, tool },
    injectFault: () => psql(lockDocuments, '--detach', lockName),
    repair: () =>
      repairWith(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${lockName}'`,
      ),
  },
]

export default drills
