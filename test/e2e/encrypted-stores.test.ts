import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chownSync, copyFileSync, readFileSync, rmSync, statSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { createServer } from 'node:tls'
import { promisify } from 'node:util'
import { startPostgres } from '../../dev/services/embedded-postgres.ts'
import { createRedis } from '../../src/redis/client.ts'
import { type Certificate, createCertificate, opensslMissing } from '../support/certificates.ts'
import { afterFile } from '../support/cleanup.ts'
import { silentLogger } from '../support/logger.ts'
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
/** Signed by an authority that nobody is told of. */
let strangers: Certificate
let own: Record<string, string>
before(async () => {
  if (opensslMissing) return
  certificate = createCertificate('DNS:localhost')
  strangers = createCertificate('DNS:localhost')
  own = await domainSettings()
})

const clients = {
  database: `
    import { createDatabase } from './dist/postgres/database.js'
    const database = createDatabase({ url, logger, metrics })
    setInterval(() => database.query('select 1').then(() => end('seen'), look), 200)`,
  redis: `
    import { createRedis } from './dist/redis/client.js'
    createRedis({ url, logger, metrics }).on('ready', () => end('seen')).on('error', look)`,
}

/**
 * Connects with the server's client, and says whether the store was seen or why not. In a process of its own,
 * because Node reads NODE_EXTRA_CA_CERTS at its start.
 */
async function outcome(
  store: keyof typeof clients,
  url: string,
  authority: Certificate | undefined,
  withinMs = 30_000,
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
    const look = (error) => {
      const [reason] = /unable to verify|self-signed certificate|ALTNAME_INVALID/.exec(inspect(error)) ?? []
      if (reason) end(reason)
    }
    setTimeout(end, ${withinMs}, 'not seen')${clients[store]}`
  const env = {
    PATH: process.env.PATH ?? '',
    ...(authority && { NODE_EXTRA_CA_CERTS: authority.caFile }),
  }
  const args = ['--input-type=module', '--eval', script, url]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  return stdout.trim()
}

describe('Postgres by TLS', { skip: opensslMissing }, () => {
  let url: string
  before(async () => {
    const postgres = await startPostgres()
    afterFile(() => postgres.stop())
    // Postgres wants a key of its own account that nobody else can read.
    const files = { cert: `${postgres.dataDir}.cert`, key: `${postgres.dataDir}.key` }
    copyFileSync(certificate.certFile, files.cert)
    copyFileSync(certificate.keyFile, files.key)
    const { uid, gid } = statSync(postgres.dataDir)
    for (const file of Object.values(files)) {
      chownSync(file, uid, gid)
      afterFile(() => rmSync(file))
    }
    await executeSql(postgres.url, `alter system set ssl_cert_file = '${files.cert}'`)
    await executeSql(postgres.url, `alter system set ssl_key_file = '${files.key}'`)
    await executeSql(postgres.url, 'alter system set ssl = on')
    await executeSql(postgres.url, 'select pg_reload_conf()')
    url = urlOfDatabase(postgres.url, 'app')
  })

  const at = (host: string, authority?: Certificate) => {
    const address = new URL(url)
    address.hostname = host
    address.searchParams.set('sslmode', 'verify-full')
    if (authority) address.searchParams.set('sslrootcert', authority.caFile)
    return address.href
  }

  it('is used by the server and the migration job, with an authority of its own', async () => {
    const redis = await startTestRedis()
    const env = { DATABASE_URL: at('localhost', certificate), REDIS_URL: redis.url, LOG_FORMAT: 'json' }
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/commands/migrate.js'], {
      env: { PATH: process.env.PATH ?? '', ...env },
    })
    assert.match(stdout, /schema is up to date/)
    const server = await startServer({ ...own, ...env })
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

  it('is used with the authorities that Node is told of, as Redis is', async () => {
    assert.equal(await outcome('database', at('localhost'), certificate), 'seen')
    assert.match(await outcome('database', at('localhost'), undefined), /unable to verify/)
  })

  it('is refused where its certificate is signed by somebody else or names another host', async () => {
    assert.match(await outcome('database', at('localhost', strangers), undefined), /unable to verify/)
    assert.match(await outcome('database', at('127.0.0.1', certificate), undefined), /ALTNAME_INVALID/)
  })
})

describe('a Redis with many tenants behind one address', { skip: opensslMissing }, () => {
  it('is told the name that is meant', async () => {
    const named = new Promise<string>((resolve) => {
      const address = createServer({
        key: readFileSync(certificate.keyFile),
        cert: readFileSync(certificate.certFile),
        SNICallback: (name, callback) => {
          resolve(name)
          callback(null)
        },
      }).listen(0, '127.0.0.1', () => {
        const { port } = address.address() as { port: number }
        const redis = createRedis({
          url: `rediss://localhost:${port}`,
          logger: silentLogger,
          metrics: noopMetrics,
        })
        afterFile(() => {
          redis.disconnect()
          address.close()
        })
      })
    })
    assert.equal(await named, 'localhost')
  })
})

describe('Redis by TLS', { skip: opensslMissing || redisServerMissing }, () => {
  const redisAt = (url: string, authority = certificate, withinMs?: number) =>
    outcome('redis', url, authority, withinMs)

  it('is used, and refused where its certificate is signed by somebody else or names another host', async () => {
    const { port } = await startRedisServer({ requirepass: 's3cret' }, { certificate })
    const url = `rediss://:s3cret@localhost:${port}`
    const server = await startServer({
      ...own,
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
    assert.match(await redisAt(url, strangers), /self-signed certificate/)
    assert.match(await redisAt(url.replace('localhost', '127.0.0.1')), /ALTNAME_INVALID/)
  })

  it('is used behind sentinels, who are asked by TLS too', async () => {
    // Sentinels call the primary by its address, unless they are told names.
    const addressed = createCertificate('DNS:localhost,IP:127.0.0.1')
    const { sentinel } = await startSentinelGroup('mymaster', { certificate: addressed })
    const url = `rediss+sentinel://localhost:${sentinel.port}/mymaster`
    assert.equal(await redisAt(url, addressed), 'seen')
    assert.notEqual(await redisAt(url, certificate, 5_000), 'seen')
  })

  it('is used as a cluster whose nodes go by their names', async () => {
    const nodes = await startRedisCluster({ certificate })
    const url = `rediss+cluster://localhost:${nodes[0]?.port}`
    assert.equal(await redisAt(url), 'seen')
    assert.notEqual(await redisAt(url, strangers, 5_000), 'seen')
  })
})
