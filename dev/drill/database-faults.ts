/** Faults inside the compose stack's Postgres, made by its superuser: the server's own role may not. */
import { compose } from './compose.ts'

const database = 'mcp'
const lockName = 'drill-lock'

/** Bounds the lock even if nobody is left to release it. */
const lockMinutes = 20

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

export const renameDocuments = () => psql('alter table documents rename to documents_away')

export const restoreDocuments = () => psql('alter table if exists documents_away rename to documents')

/** Most of the time nobody can read the documents; nobody waits longer than 3.3 s for them. */
export const lockDocuments = () =>
  psql(
    `do $$
     declare ends constant timestamptz := clock_timestamp() + interval '${lockMinutes} minutes';
     begin
       while clock_timestamp() < ends loop
         lock table documents in access exclusive mode;
         perform pg_sleep(3.3);
         commit;
         perform pg_sleep(0.4);
       end loop;
     end $$`,
    { detached: true, application: lockName },
  )

export const releaseDocuments = () =>
  psql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${lockName}'`)
