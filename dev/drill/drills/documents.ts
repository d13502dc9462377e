import { compose } from '../compose.ts'
import { job, type StackDrill, start } from '../stack-drill.ts'

const database = 'mcp'
const lockName = 'drill-lock'

/** Bounds the lock even if nobody is left to release it. */
const lockMinutes = 20

/** As superuser: the server's own role may not do any of this. */
const psql = (sql: string, { detached = false, application = 'drill' } = {}): Promise<string> =>
  compose(
    'exec',
    ...(detached ? ['--detach'] : ['--no-TTY']),
    'postgres',
    'psql',
    '--no-psqlrc',
    '--quiet',
    '--set=ON_ERROR_STOP=1',
    `--dbname=host=127.0.0.1 user=postgres dbname=${database} application_name=${application}`,
    `--command=${sql}`,
  )

/** Most of the time nobody can read the documents; nobody waits longer than 3.3 s for them. */
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
const tool = 'search'

/** Another drill may have stopped the database. */
async function repairWith(sql: string): Promise<void> {
  await start('postgres')
  await psql(sql)
}

const drills: readonly StackDrill[] = [
  {
    name: 'error-burst',
    does: 'renames the table of the documents, so that calls fail although every dependency answers',
    dashboard: 'mcp-tools',
    sign: {
      promql: `sum(increase(mcp_tool_errors_total{${job},code="internal"}[1m])) > 0`,
      says: 'calls fail as internal',
    },
    expects: [{ name: 'HighErrorRate', labels: { tool_name: tool } }],
    calls: { perSecond: 2, tool },
    breakIt: () => psql('alter table documents rename to documents_away'),
    repair: () => repairWith('alter table if exists documents_away rename to documents'),
  },
  {
    name: 'latency-burst',
    does: 'locks the table of the documents for some seconds at a time, so that calls wait and then succeed',
    dashboard: 'mcp-tools',
    sign: {
      promql: `histogram_quantile(0.95, sum by (le) (rate(mcp_tool_latency_seconds_bucket{${job}}[1m]))) > 1`,
      says: 'one call in 20 takes more than a second',
    },
    expects: [{ name: 'SlowToolCalls', labels: { tool_name: tool } }],
    calls: { perSecond: 1, tool },
    breakIt: () => psql(lockDocuments, { detached: true, application: lockName }),
    repair: () =>
      repairWith(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${lockName}'`,
      ),
  },
]

export default drills
