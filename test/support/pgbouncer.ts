import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startChild } from '../../dev/launcher/child.ts'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { postgresAccount } from '../../dev/services/postgres-account.ts'
import { afterFile } from './cleanup.ts'
import { testLifeline } from './lifeline.ts'

/** Reason to skip, or false. */
export const pgbouncerMissing = spawnSync('pgbouncer', ['--version']).error
  ? 'needs pgbouncer on PATH'
  : false

/** Starts a PgBouncer with transaction pooling before a database. @returns the URL of the database through it */
export async function startPgbouncer(databaseUrl: string, poolSize: number): Promise<string> {
  const { hostname, port: databasePort, username, password } = new URL(databaseUrl)
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'pgbouncer-'))
  const file = join(directory, 'pgbouncer.ini')
  const settings = [
    '[databases]',
    `* = host=${hostname} port=${databasePort} user=${username} password=${password}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    `default_pool_size = ${poolSize}`,
    'ignore_startup_parameters = statement_timeout',
  ]
  writeFileSync(file, `${settings.join('\n')}\n`)
  // Like Postgres it does not run as root, so another account must read its file.
  chmodSync(directory, 0o755)
  const child = startChild('pgbouncer', ['--quiet', file], {
    ...postgresAccount(directory),
    lifeline: testLifeline(),
    stopSignal: 'SIGKILL',
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  afterFile(async () => {
    await child.stop(0)
    rmSync(directory, { recursive: true, force: true })
  })
  while (!(await listens(port))) {
    if (!child.isRunning()) throw new Error(`pgbouncer ended: ${child.output()}`)
    await delay(20)
  }
  const url = new URL(databaseUrl)
  url.port = String(port)
  return url.href
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
