import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type Child, startChild } from '../launcher/child.ts'
import { createLifeline, type Lifeline } from '../launcher/lifeline.ts'
import { freePort, listenProblem } from '../launcher/loopback-port.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { waitFor } from '../lib/wait-for.ts'
import { postgresAccount, reachableDataDir } from './postgres-account.ts'
import { postgresBinaries } from './postgres-binaries.ts'
import { claimData, ensureCluster, postgresEnv } from './postgres-data.ts'
import type { Service } from './service.ts'

/** Generous, because a loaded machine takes its time; a Postgres that fails ends at once. */
const readyTimeoutMs = 120_000
const stopGraceMs = 10_000
const attempts = 10

/** What a Postgres that has just been killed leaves for a moment; the next attempt finds it gone. */
const passing = /lock file "postmaster.pid"|shared memory block|Address already in use/

export type PostgresOptions = {
  /** Kept for the next start. Without it the data goes to a temporary folder and is removed at the stop. */
  dataDir?: string
  /** A free one unless given. */
  port?: number
  /** A lifeline of its own unless given. */
  lifeline?: Lifeline
  log?: (line: string) => void
}

/**
 * Starts a Postgres on 127.0.0.1 with a database `app`, from binaries that npm installed. Its log is
 * written beside its data.
 *
 * @returns also the folder really used, which differs from the one asked for when root starts it below
 * a folder that only root can enter
 */
export async function startPostgres({
  dataDir: keptDir,
  port,
  lifeline: sharedLifeline,
  log = () => {},
}: PostgresOptions = {}): Promise<Service & { dataDir: string }> {
  const wantedDir = resolve(keptDir ?? join(tmpdir(), `dev-postgres-${randomUUID()}`))
  const dataDir = reachableDataDir(wantedDir)
  if (dataDir !== wantedDir) {
    log(`Postgres cannot enter ${wantedDir} as another user than root; its data is in ${dataDir}`)
  }
  const account = postgresAccount(dataDir)
  const { initdb, postgres } = postgresBinaries(account)
  const lifeline = sharedLifeline ?? createLifeline()
  const logFile = `${dataDir}.log`

  function start(port: number): Child {
    const logFd = openSync(logFile, 'w')
    // As much WAL is collected before it is written as by any Postgres with 512 MB of buffers or more; here it would be 4 MB.
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'fsync=off',
      'wal_buffers=16MB',
    ]
    const args = ['-D', dataDir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
    const child = startChild(postgres, args, {
      ...account.ids,
      cwd: '/',
      env: postgresEnv,
      stdio: ['ignore', logFd, logFd],
      lifeline,
      stopSignal: 'SIGINT',
    })
    closeSync(logFd)
    return child
  }

  try {
    await ensureCluster(dataDir, { initdb, account, lifeline })
    for (let attempt = 1; ; attempt++) {
      await claimData(dataDir)
      const usedPort = port ?? (await freePort())
      const problem = port && (await listenProblem(port, '127.0.0.1'))
      if (problem) throw new ExpectedError(`Postgres cannot listen on port ${port} (${problem}).`)
      const child = start(usedPort)
      const version = await readyVersion(child, usedPort)
      if (version) {
        child.unref()
        return {
          url: `postgres://app@127.0.0.1:${usedPort}/app`,
          engine: `${version} (embedded)`,
          pid: child.pid ?? 0,
          dataDir,
          async stop() {
            await child.stop(stopGraceMs)
            if (!keptDir)
              for (const path of [dataDir, logFile]) rmSync(path, { recursive: true, force: true })
            if (!sharedLifeline) lifeline.close()
          },
        }
      }
      await child.stop(stopGraceMs)
      const lastLines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-10).join('\n')
      if (attempt === attempts || !passing.test(lastLines)) throw startError(dataDir, logFile, lastLines)
      await delay(300)
    }
  } catch (error) {
    if (!sharedLifeline) lifeline.close()
    throw error
  }
}

function startError(dataDir: string, logFile: string, lastLines: string): ExpectedError {
  return new ExpectedError(
    [
      'The embedded Postgres did not start. The end of its log:',
      ...lastLines.split('\n').map((line) => `  ${line}`),
      `The whole log is ${logFile}. To start afresh, remove ${dataDir}. To use another Postgres, set DATABASE_URL.`,
    ].join('\n'),
  )
}

/** Waits until it answers a query and has the database `app`; undefined when it ended or took too long. */
function readyVersion(child: Child, port: number): Promise<string | undefined> {
  const options = { everyMs: 20, timeoutMs: readyTimeoutMs, while: child.isRunning }
  return waitFor(() => prepareDatabase(port).catch(() => undefined), options)
}

async function prepareDatabase(port: number): Promise<string> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'app',
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 2_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(
      `select split_part(version(), ' on ', 1) as version, exists (select from pg_database where datname = 'app') as created`,
    )
    if (!rows[0].created) await client.query('create database app')
    return rows[0].version
  } finally {
    await client.end().catch(() => {})
  }
}
