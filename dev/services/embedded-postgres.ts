import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type Child, startChild } from '../launcher/child.ts'
import { createLifeline, type Lifeline } from '../launcher/lifeline.ts'
import { freePort } from '../launcher/loopback-port.ts'
import { log } from '../lib/command.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { waitFor } from '../lib/wait-for.ts'
import { type Passwords, passwordFile, passwordsOf } from './passwords.ts'
import { postgresAccount, reachableDataDir } from './postgres-account.ts'
import { postgresBinDir, useAnother } from './postgres-binaries.ts'
import { claimData, ensureCluster, postgresEnv, superuser } from './postgres-data.ts'
import type { Service } from './service.ts'

/** Generous for loaded machines; a Postgres that fails exits at once. */
const readyTimeoutMs = 120_000
const stopGraceMs = 10_000
const maxAttempts = 10

/** Left for a moment by a Postgres that was just killed. */
const transientError = /lock file "postmaster.pid"|shared memory block|Address already in use/

const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  // The default of larger installations; here it would be 4 MB.
  'wal_buffers=16MB',
  // The test files that run side by side open pools of a dozen each; a full server fails whole files.
  'max_connections=400',
]

export type PostgresOptions = {
  /** Kept for the next start. Defaults to a temporary folder that is removed on stop. */
  dataDir?: string
  /** Defaults to a free one. */
  port?: number
  /** Defaults to its own. */
  lifeline?: Lifeline
}

export type PostgresService = Service & {
  /** Differs from the requested one for root in a private folder. */
  dataDir: string
  /** `url` as superuser; its role `app` only owns its database. */
  adminUrl: string
}

/**
 * Starts a Postgres on 127.0.0.1 with a database `app`, from binaries that npm installed. Its log file and its
 * passwords are next to its data directory.
 */
export async function startPostgres({
  dataDir: keptDir,
  port,
  lifeline: sharedLifeline,
}: PostgresOptions = {}): Promise<PostgresService> {
  const wantedDir = resolve(keptDir ?? join(tmpdir(), `dev-postgres-${randomUUID()}`))
  const dataDir = reachableDataDir(wantedDir)
  if (dataDir !== wantedDir)
    log(
      `Postgres does not run as root, and no other account can enter ${wantedDir}. Its data is in ${dataDir}`,
    )
  const account = postgresAccount(dataDir)
  const binDir = postgresBinDir()
  const lifeline = sharedLifeline ?? createLifeline()
  const logFile = `${dataDir}.log`

  function start(port: number): Child {
    const logFd = openSync(logFile, 'w')
    const args = ['-D', dataDir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
    const child = startChild(join(binDir, 'postgres'), args, {
      ...account,
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
    const passwords = passwordsOf(dataDir)
    await ensureCluster(dataDir, { binDir, account, lifeline, password: passwords.superuser })
    for (let attempt = 1; ; attempt++) {
      await claimData(dataDir)
      const usedPort = port ?? (await freePort())
      const child = start(usedPort)
      const version = await waitFor(() => prepareDatabase(usedPort, passwords).catch(() => undefined), {
        everyMs: 20,
        timeoutMs: readyTimeoutMs,
        while: child.isRunning,
      })
      if (version) {
        child.unref()
        return {
          url: `postgres://app:${passwords.app}@127.0.0.1:${usedPort}/app`,
          adminUrl: `postgres://${superuser}:${passwords.superuser}@127.0.0.1:${usedPort}/app`,
          engine: `${version} (embedded)`,
          pid: child.pid ?? 0,
          dataDir,
          async stop() {
            await child.stop(stopGraceMs)
            if (!keptDir)
              for (const path of [dataDir, logFile, passwordFile(dataDir)])
                rmSync(path, { recursive: true, force: true })
            if (!sharedLifeline) lifeline.close()
          },
        }
      }
      await child.stop(stopGraceMs)
      const logTail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-10).join('\n  ')
      if (attempt === maxAttempts || !transientError.test(logTail))
        throw new ExpectedError(
          `The embedded Postgres did not start. The end of ${logFile}:\n  ${logTail}\nTo reset it, remove ${dataDir}. ${useAnother}`,
        )
      await delay(300)
    }
  } catch (error) {
    if (!sharedLifeline) lifeline.close()
    throw error
  }
}

/** Creates the role and the database `app` if they are missing. @returns the version, once queries succeed */
async function prepareDatabase(port: number, passwords: Passwords): Promise<string> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: superuser,
    password: passwords.superuser,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 2_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(
      `select split_part(version(), ' on ', 1) as version,
         exists (select from pg_roles where rolname = 'app') as role,
         exists (select from pg_database where datname = 'app') as database`,
    )
    if (!rows[0].role) await client.query(`create role app login password '${passwords.app}'`)
    if (!rows[0].database) await client.query('create database app owner app')
    return rows[0].version
  } finally {
    await client.end().catch(() => {})
  }
}
