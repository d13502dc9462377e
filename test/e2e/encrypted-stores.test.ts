import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chownSync, copyFileSync, readFileSync, rmSync, statSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createServer } from 'node:tls'
import { promisify } from 'node:util'
import { startPostgres } from '../../dev/services/embedded-postgres.ts'
import { AppError } from '../../src/errors.ts'
import { callTimeouts, createDatabase } from '../../src/postgres/database.ts'
import { createRedis } from '../../src/redis/client.ts'
import { type Certificate, createCertificate, opensslMissing } from '../support/certificates.ts'
import { afterFile } from '../support/cleanup.ts'
import { recordingLogger, silentLogger } from '../support/logger.ts'
import { startTestRedis } from '../support/redis.ts'
import {
  redisServerMissing,
  startRedisCluster,
  startRedisServer,
  startSentinelGroup,
  waitUntil,
} from '../support/redis-servers.ts'
import { domainSettings } from '../support/sample-calls.ts'
import { startServer } from '../support/server.ts'
import { noopMetrics } from '../support/telemetry-fixtures.ts'
import { executeSql, urlOfDatabase } from '../support/template-database.ts'

let certificate: Certificate
/** Signed by a CA that neither side trusts. */
let untrusted: Certificate
let domainEnv: Record<string, string>
before(async () => {
  if (opensslMissing) return
  certificate = createCertificate('DNS:localhost')
  untrusted = createCertificate('DNS:localhost')
  domainEnv = await domainSettings()
})

const clients = {
  database: `
    import { createDatabase } from './dist/postgres/database.js'
    const database = createDatabase({ url, logger, metrics })
    setInterval(() => database.query('select 1').then(() => end('connected'), onError), 200)`,
  redis: `
    import { createRedis } from './dist/redis/client.js'
    createRedis({ url, logger, metrics }).on('ready', () => end('connected')).on('error', onError)`,
}

/**
 * Connects with the server's client and returns 'connected' or the TLS error. Runs in a child process,
 * because Node reads NODE_EXTRA_CA_CERTS at startup.
 */
async function connectionOutcome(
  store: keyof typeof clients,
  url: string,
  authority: Certificate | undefined,
  timeoutMs = 30_000,
): Promise<string> {
  const script = `
    import { inspect } from 'node:util'
    import { createMetrics } from './dist/telemetry/metrics/metrics.js'
    const [url] = process.argv.slice(1)
    const metrics = createMetrics([])
    const logger = Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, () => {}]))
    const end = (outcome) => {
      console.log(outcome)
      process.exit()
    }
    const onError = (error) => {
      const [reason] = /unable to verify|self-signed certificate|ALTNAME_INVALID/.exec(inspect(error)) ?? []
      if (reason) end(reason)
    }
    setTimeout(end, ${timeoutMs}, 'timed out')${clients[store]}`
  const env = {
    PATH: process.env.PATH ?? '',
    ...(authority && { NODE_EXTRA_CA_CERTS: authority.caFile }),
  }
  const args = ['--input-type=module', '--eval', script, url]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  return stdout.trim()
}

describe('Postgres over TLS', { skip: opensslMissing }, () => {
  let url: string
  before(async () => {
    const postgres = await startPostgres()
    afterFile(() => postgres.stop())
    // Postgres requires a key that its own account owns and no other can read.
    const files = { cert: `${postgres.dataDir}.cert`, key: `${postgres.dataDir}.key` }
    copyFileSync(certificate.certFile, files.cert)
    copyFileSync(certificate.keyFile, files.key)
    const { uid, gid } = statSync(postgres.dataDir)
    for (const file of Object.values(files)) {
      chownSync(file, uid, gid)
      afterFile(() => rmSync(file))
    }
    await executeSql(postgres.adminUrl, `alter system set ssl_cert_file = '${files.cert}'`)
    await executeSql(postgres.adminUrl, `alter system set ssl_key_file = '${files.key}'`)
    await executeSql(postgres.adminUrl, 'alter system set ssl = on')
    await executeSql(postgres.adminUrl, 'select pg_reload_conf()')
    url = urlOfDatabase(postgres.url, 'app')
  })

  const urlAt = (host: string, authority?: Certificate) => {
    const address = new URL(url)
    address.hostname = host
    address.searchParams.set('sslmode', 'verify-full')
    if (authority) address.searchParams.set('sslrootcert', authority.caFile)
    return address.href
  }

  it('serves the server and the migration job when sslrootcert names its CA', async () => {
    const redis = await startTestRedis()
    const env = { DATABASE_URL: urlAt('localhost', certificate), REDIS_URL: redis.url, LOG_FORMAT: 'json' }
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/commands/migrate.js'], {
      env: { PATH: process.env.PATH ?? '', ...env },
    })
    assert.match(stdout, /schema is up to date/)
    const server = await startServer({ ...domainEnv, ...env })
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
    await executeSql(
      env.DATABASE_URL,
      `do $$ begin
         if exists (select from pg_stat_activity join pg_stat_ssl using (pid)
                    where application_name = 'observable-mcp-server' and not ssl)
         then raise 'a connection of the server is not encrypted'; end if;
       end $$`,
    )
    assert.equal(await server.stop(), 0)
  })

  it('cancels statements over TLS', { timeout: 30_000 }, async () => {
    const { logger, lines } = recordingLogger()
    const database = createDatabase({
      url: urlAt('localhost', certificate),
      logger,
      metrics: noopMetrics,
      timeouts: { ...callTimeouts, statementMs: 60_000 },
    })
    afterFile(() => database.close())
    const caller = new AbortController()
    const statement = database.query('select pg_sleep(50)', [], { signal: caller.signal })
    const active = `select ssl from pg_stat_activity join pg_stat_ssl using (pid)
                    where query = 'select pg_sleep(50)' and state = 'active'`
    while ((await database.query(active)).length === 0) await delay(10)
    assert.deepEqual(await database.query(active), [{ ssl: true }])
    caller.abort(new AppError('cancelled', 'aborted'))
    await assert.rejects(statement, { code: 'cancelled' })
    while ((await database.query(active)).length > 0) await delay(10)
    assert.deepEqual(lines, [])
  })

  it('trusts the CAs of NODE_EXTRA_CA_CERTS', async () => {
    assert.equal(await connectionOutcome('database', urlAt('localhost'), certificate), 'connected')
    assert.match(await connectionOutcome('database', urlAt('localhost'), undefined), /unable to verify/)
  })

  it('is rejected when an untrusted CA signed its certificate or the host name differs', async () => {
    assert.match(
      await connectionOutcome('database', urlAt('localhost', untrusted), undefined),
      /unable to verify/,
    )
    assert.match(
      await connectionOutcome('database', urlAt('127.0.0.1', certificate), undefined),
      /ALTNAME_INVALID/,
    )
  })
})

describe('the Redis client', { skip: opensslMissing }, () => {
  it('sends the host name as SNI', async () => {
    const serverName = new Promise<string>((resolve) => {
      const listener = createServer({
        key: readFileSync(certificate.keyFile),
        cert: readFileSync(certificate.certFile),
        SNICallback: (name, callback) => {
          resolve(name)
          callback(null)
        },
      }).listen(0, '127.0.0.1', () => {
        const { port } = listener.address() as { port: number }
        const redis = createRedis({
          url: `rediss://localhost:${port}`,
          logger: silentLogger,
          metrics: noopMetrics,
        })
        afterFile(() => {
          redis.disconnect()
          listener.close()
        })
      })
    })
    assert.equal(await serverName, 'localhost')
  })
})

describe('Redis over TLS', { skip: opensslMissing || redisServerMissing }, () => {
  const redisOutcome = (url: string, authority = certificate, timeoutMs?: number) =>
    connectionOutcome('redis', url, authority, timeoutMs)

  it('serves the server, and is rejected when an untrusted CA signed its certificate or the host name differs', async () => {
    const { port } = await startRedisServer({ requirepass: 's3cret' }, { certificate })
    const url = `rediss://:s3cret@localhost:${port}`
    const server = await startServer({
      ...domainEnv,
      DATABASE_URL: 'postgres://app@127.0.0.1:1/app',
      REDIS_URL: url,
      NODE_EXTRA_CA_CERTS: certificate.caFile,
    })
    await waitUntil(async () => {
      const { checks } = (await (await fetch(`${server.url}/health`)).json()) as {
        checks: { redis: boolean }
      }
      return checks.redis
    })
    assert.equal(await server.stop(), 0)
    assert.match(await redisOutcome(url, untrusted), /self-signed certificate/)
    assert.match(await redisOutcome(url.replace('localhost', '127.0.0.1')), /ALTNAME_INVALID/)
  })

  it('is reached through Sentinels over TLS', async () => {
    // Sentinels announce the primary by IP address unless configured with host names.
    const withAddress = createCertificate('DNS:localhost,IP:127.0.0.1')
    const { sentinel } = await startSentinelGroup('mymaster', { certificate: withAddress })
    const url = `rediss+sentinel://localhost:${sentinel.port}/mymaster`
    assert.equal(await redisOutcome(url, withAddress), 'connected')
    assert.notEqual(await redisOutcome(url, certificate, 5_000), 'connected')
  })

  it('is reached as a cluster whose nodes announce host names', async () => {
    const nodes = await startRedisCluster({ certificate })
    const url = `rediss+cluster://localhost:${nodes[0]?.port}`
    assert.equal(await redisOutcome(url), 'connected')
    assert.notEqual(await redisOutcome(url, untrusted, 5_000), 'connected')
  })
})
