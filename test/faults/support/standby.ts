import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../../../dev/launcher/loopback-port.ts'
import { waitFor } from '../../../dev/lib/wait-for.ts'
import { startPostgres } from '../../../dev/services/embedded-postgres.ts'
import { passwordFile, passwordsOf } from '../../../dev/services/passwords.ts'
import { superuser } from '../../../dev/services/postgres-data.ts'
import { afterFile } from '../../support/cleanup.ts'
import { executeSql } from '../../support/template-database.ts'

/** A primary and a standby that follows it. */
export interface PrimaryAndStandby {
  readonly primaryUrl: string
  readonly standbyUrl: string
  /** Makes the primary read-only; its connections stay open. */
  demote(): Promise<void>
  /** Makes the standby the primary once it has every write. */
  promote(): Promise<void>
}

export async function startPrimaryAndStandby(): Promise<PrimaryAndStandby> {
  const ports = [await freePort(), await freePort()] as const
  const [primaryDir, standbyDir] = ports.map((port) => join(tmpdir(), `switchover-postgres-${port}`)) as [
    string,
    string,
  ]
  const start = async (port: number, dataDir: string) => {
    const postgres = await startPostgres({ port, dataDir })
    afterFile(async () => {
      await postgres.stop()
      for (const path of [dataDir, `${dataDir}.log`, passwordFile(dataDir)])
        rmSync(path, { recursive: true, force: true })
    })
    return postgres
  }
  // A copy of the stopped primary is a base backup.
  await (await startPostgres({ port: ports[0], dataDir: primaryDir })).stop()
  execFileSync('cp', ['-a', primaryDir, standbyDir])
  copyFileSync(passwordFile(primaryDir), passwordFile(standbyDir))
  writeFileSync(join(standbyDir, 'standby.signal'), '')
  appendFileSync(
    join(standbyDir, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${ports[0]} user=${superuser} password=${passwordsOf(primaryDir).superuser}'\n`,
  )
  const primary = await start(ports[0], primaryDir)
  const standby = await start(ports[1], standbyDir)

  return {
    primaryUrl: primary.url,
    standbyUrl: standby.url,
    async demote() {
      await executeSql(primary.adminUrl, 'alter system set default_transaction_read_only = on')
      await executeSql(primary.adminUrl, 'select pg_reload_conf()')
      assert.ok(await waitFor(() => isReadOnly(primary.adminUrl), { timeoutMs: 30_000 }), 'still writable')
    },
    async promote() {
      const [former, next] = [primary, standby].map(({ adminUrl }) => new pg.Client(adminUrl)) as [
        pg.Client,
        pg.Client,
      ]
      await Promise.all([former.connect(), next.connect()])
      const { rows } = await former.query('select pg_current_wal_flush_lsn() as lsn')
      const replayed = () =>
        next.query('select pg_last_wal_replay_lsn() >= $1::pg_lsn as replayed', [rows[0].lsn])
      while (!(await replayed()).rows[0].replayed);
      await next.query('select pg_promote()')
      await Promise.all([former.end(), next.end()])
    },
  }
}

/**
 * Whether no session can commit a write any more: Postgres passes a setting on after it has acknowledged the reload, and
 * open transactions keep theirs. A new session has the setting and the load time of the postmaster.
 */
async function isReadOnly(adminUrl: string): Promise<boolean> {
  const session = new pg.Client(adminUrl)
  await session.connect()
  try {
    const { rows } = await session.query(
      `select current_setting('default_transaction_read_only') = 'on' and not exists (
         select from pg_stat_activity
         where backend_type = 'client backend' and xact_start < pg_conf_load_time()
       ) as read_only`,
    )
    return rows[0].read_only
  } finally {
    await session.end()
  }
}
