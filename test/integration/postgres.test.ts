import assert from 'node:assert/strict'
import { once, setMaxListeners } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError, type ErrorCode } from '../../src/errors.ts'
import {
  callTimeouts,
  commandTimeouts,
  createDatabase,
  type Database,
  type DatabaseOptions,
} from '../../src/postgres/database.ts'
import { afterFile } from '../support/cleanup.ts'
import { createTestDatabase, openTestDatabase } from '../support/database.ts'
import { recordingLogger, silentLogger } from '../support/logger.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { noopMetrics } from '../support/telemetry-fixtures.ts'
import { until } from '../support/until.ts'

const failure = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code

describe('the database', () => {
  let database: Database & { url: string }
  before(async () => {
    database = await openTestDatabase()
  })
  const sleeping = async () =>
    (
      await database.query<{ count: number }>(
        `select count(*)::int as count from pg_stat_activity
         where query like 'select pg_sleep%' and state = 'active' and datname = current_database()`,
      )
    )[0]?.count
  const untilSleeping = (count: number) => until(async () => (await sleeping()) === count)

  const openDatabase = (options: Partial<DatabaseOptions> = {}): Database => {
    const opened = createDatabase({
      url: database.url,
      logger: silentLogger,
      metrics: noopMetrics,
      timeouts: { ...callTimeouts, statementMs: 60_000 },
      ...options,
    })
    afterFile(() => opened.close())
    return opened
  }

  /** A database whose statements by `as(owner)` sleep until the test file ends. */
  function openShared() {
    let owner = ''
    const shared = openDatabase({ currentOwner: () => owner })
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    afterFile(() => stop.abort(new AppError('cancelled', 'the test has ended')))
    return {
      shared,
      as: (name: string) => {
        owner = name
        return shared
      },
      sleepAs(name: string, statements: number): Promise<unknown> {
        owner = name
        return Promise.allSettled(
          Array.from({ length: statements }, () =>
            shared.query('select pg_sleep(50)', [], { signal: stop.signal }),
          ),
        )
      },
      stop: () => stop.abort(new AppError('cancelled', 'aborted')),
    }
  }

  function recordOperations() {
    const operations: string[] = []
    const observe = (_name: string, { operation, outcome }: Record<string, string>) => {
      operations.push(`${operation} ${outcome}`)
    }
    return { operations, metrics: { ...noopMetrics, observe: observe as typeof noopMetrics.observe } }
  }

  it('cancels the statement in Postgres when the caller aborts, even with an exhausted pool', {
    timeout: 30_000,
  }, async () => {
    let calls = 0
    const crowded = openDatabase({ currentOwner: () => `caller ${calls++}` })
    const caller = new AbortController()
    setMaxListeners(0, caller.signal)
    const reason = new AppError('cancelled', 'aborted')
    const statements = Array.from({ length: 10 }, () =>
      crowded.query('select pg_sleep(50)', [], { signal: caller.signal }),
    )
    const settled = Promise.allSettled(statements)
    await untilSleeping(statements.length)
    caller.abort(reason)
    for (const result of await settled) assert.equal((result as PromiseRejectedResult).reason, reason)
    // pg_stat_activity shows the session as idle a moment after the cancelled statement returns.
    await untilSleeping(0)
    assert.deepEqual(await crowded.query('select 1 as one'), [{ one: 1 }])
  })

  it('cancels only the statement of the aborted caller, and rolls its transaction back', async () => {
    const busy = openDatabase()
    const results = Array.from({ length: 30 }, async (_, n) => {
      if (n % 3 > 0) {
        assert.deepEqual(await busy.query('select $1::int as n from pg_sleep(0.02)', [n]), [{ n }])
        return
      }
      const caller = new AbortController()
      const aborted = busy.transaction(
        async (transaction) => {
          setTimeout(() => caller.abort(new AppError('cancelled', 'aborted')), n)
          await transaction.query('select pg_sleep(50)')
        },
        { signal: caller.signal },
      )
      await assert.rejects(aborted, failure('cancelled'))
    })
    await Promise.all(results)
    const open = `select from pg_stat_activity where datname = current_database() and state like 'idle in%'`
    assert.deepEqual(await busy.query(open), [])
  })

  it('drops the connection of a statement whose cancel request fails', async () => {
    const proxy = await startTcpProxy(database.url)
    const { logger, lines } = recordingLogger()
    const cutOff = openDatabase({ url: proxy.url, logger })
    // The second connection is for the liveness probe.
    await Promise.all([cutOff.query('select 1'), cutOff.ping()])
    proxy.refuse()
    const caller = new AbortController()
    const statement = cutOff.query(`select 'stuck' from pg_sleep(50)`, [], { signal: caller.signal })
    const running = `select pid from pg_stat_activity where query like 'select ''stuck''%' and state = 'active'`
    let backend: { pid: number } | undefined
    await until(async () => {
      ;[backend] = await database.query<{ pid: number }>(running)
      return backend !== undefined
    })
    caller.abort(new AppError('cancelled', 'aborted'))
    await until(() => lines.length > 0)
    await database.query('select pg_cancel_backend($1)', [backend?.pid])
    await assert.rejects(statement, failure('cancelled'))
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [['warn', 'statement cancel request failed; connection dropped']],
    )
    await proxy.restore()
    const ownPid = () => cutOff.query<{ pid: number }>('select pg_backend_pid() as pid')
    const pids = (await Promise.all([ownPid(), ownPid()])).flat().map(({ pid }) => pid)
    assert.ok(!pids.includes(backend?.pid ?? 0), 'the connection was used again')
  })

  it('sends one liveness probe for all that wait for one', async () => {
    const { operations, metrics } = recordOperations()
    const probed = openDatabase({ metrics })
    await Promise.all(Array.from({ length: 50 }, () => probed.ping()))
    assert.deepEqual(operations, ['ping success'])
  })

  it('waits for a slow statement while Postgres rejects the connection of its liveness probe', async ({
    mock,
  }) => {
    mock.timers.enable({ apis: ['setInterval'] })
    const url = await createTestDatabase({ migrated: false })
    const name = new URL(url).pathname.slice(1)
    await database.query(`alter database ${name} connection limit 1`)
    const { operations, metrics } = recordOperations()
    const caller = new AbortController()
    const limited = openDatabase({ url, metrics })
    const statement = limited.query('select pg_sleep(50)', [], { signal: caller.signal })
    const running = `select from pg_stat_activity where datname = $1 and state = 'active'`
    await until(async () => (await database.query(running, [name])).length === 1)
    mock.timers.tick(750)
    await until(() => operations.includes('ping error'))
    caller.abort(new AppError('cancelled', 'aborted'))
    await assert.rejects(statement, failure('cancelled'))
  })

  it('answers other callers, API key queries and pings while one caller uses up its share', async () => {
    const { shared, as, sleepAs, stop } = openShared()
    const sleepers = sleepAs('attacker', 64)
    await untilSleeping(7)
    for (let n = 0; n < 20; n++) {
      assert.deepEqual(await as('other').query('select 1 as one'), [{ one: 1 }])
      await shared.query('select 1', [], { reserved: true })
      await shared.ping()
    }
    stop()
    await sleepers
  })

  it('answers API key queries and pings while several callers exhaust the pool', async () => {
    const { shared, as, sleepAs, stop } = openShared()
    const sleepers = Promise.all(['a', 'b', 'c', 'd'].map((name) => sleepAs(name, 10)))
    await untilSleeping(10)
    await Promise.all([
      shared.query('select 1', [], { reserved: true }),
      shared.query('select 1', [], { reserved: true }),
      shared.ping(),
      assert.rejects(as('late').query('select 1'), failure('unavailable')),
    ])
    stop()
    await sleepers
  })

  it('leaves the wait for a connection when the caller aborts', async () => {
    const { as, sleepAs, stop } = openShared()
    const sleepers = sleepAs('a', 7)
    await untilSleeping(7)
    const caller = new AbortController()
    const waiting = as('a').query('select 1', [], { signal: caller.signal })
    const reason = new AppError('cancelled', 'aborted')
    caller.abort(reason)
    await assert.rejects(waiting, (error) => error === reason)
    stop()
    await sleepers
  })

  it('replaces all connections when one is read-only, as after a switchover', async () => {
    const switched = openDatabase()
    await switched.query('create table writes (n int)')
    const inParallel = (sql: string) => Promise.all(Array.from({ length: 5 }, () => switched.query(sql)))
    await inParallel(`select pg_sleep(0.2), set_config('default_transaction_read_only', 'on', false)`)
    await assert.rejects(switched.query('insert into writes values (1)'), failure('unavailable'))
    await inParallel('insert into writes values (2)')
    assert.deepEqual(await switched.query('select count(*)::int as count from writes'), [{ count: 5 }])
  })

  it('replaces a connection after its maximum age, idle or in steady use', { timeout: 30_000 }, async () => {
    const aging = openDatabase({ maxAgeMs: 300 })
    const pid = async () =>
      (await aging.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid ?? 0
    const pids = new Set([await pid()])
    while (pids.size < 3) pids.add(await pid())
    const living = 'select count(*)::int as count from pg_stat_activity where pid = any($1)'
    // At most the last one is left.
    while (((await database.query<{ count: number }>(living, [[...pids]]))[0]?.count ?? 0) > 1)
      await delay(10)
  })

  it('rejects with cancelled when the signal is already aborted', async () => {
    await assert.rejects(
      database.query('select 1', [], { signal: AbortSignal.abort(new AppError('cancelled', 'aborted')) }),
      failure('cancelled'),
    )
  })

  it('rolls a transaction back when its callback fails or its caller aborts', async () => {
    await database.query('create table notes (text text)')
    await assert.rejects(
      database.transaction(async (transaction) => {
        await transaction.query(`insert into notes values ('a')`)
        throw new AppError('not_found', 'no')
      }),
      failure('not_found'),
    )
    const caller = new AbortController()
    await assert.rejects(
      database.transaction(
        async (transaction) => {
          await transaction.query(`insert into notes values ('b')`)
          caller.abort(new AppError('cancelled', 'aborted'))
        },
        { signal: caller.signal },
      ),
      failure('cancelled'),
    )
    assert.deepEqual(await database.query('select * from notes'), [])
    await database.transaction((transaction) => transaction.query(`insert into notes values ('c')`))
    assert.deepEqual(await database.query('select * from notes'), [{ text: 'c' }])
  })

  it('rejects with timeout when a statement exceeds the statement timeout', async () => {
    const shortTimeout = openDatabase({ timeouts: { ...callTimeouts, statementMs: 50 } })
    await assert.rejects(shortTimeout.query('select pg_sleep(5)'), failure('timeout'))
  })

  it('rejects with unavailable within 5 s when Postgres does not respond, without credentials or host in the error', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as { port: number }
    for (const url of [
      `postgres://app:hunter2@127.0.0.1:${port}/app`,
      'postgres://app:hunter2@127.0.0.1:1/app',
    ]) {
      const unreachable = createDatabase({ url, logger: silentLogger, metrics: noopMetrics })
      const startedAtMs = performance.now()
      await assert.rejects(
        unreachable.query('select 1'),
        (error: unknown) => failure('unavailable')(error) && !/hunter2|127\.0/.test(String(error)),
      )
      assert.ok(performance.now() - startedAtMs < 5_000)
      await unreachable.close()
    }
    silent.close()
  })

  it('serves commands far from the database, which calls do not wait for', async () => {
    const proxy = await startTcpProxy(database.url)
    // Connecting takes three round trips of 0.52 s. A statement of more than 0.75 s is probed on another connection.
    proxy.delayMs = 260
    const slow = 'select pg_sleep(1.5)'
    await assert.rejects(openDatabase({ url: proxy.url }).query(slow), failure('unavailable'))
    await openDatabase({ url: proxy.url, timeouts: commandTimeouts }).query(slow)
  })

  it('reconnects after Postgres terminates a connection', async () => {
    await database.query('select 1')
    await assert.rejects(
      database.query('select pg_terminate_backend(pg_backend_pid())'),
      failure('unavailable'),
    )
    assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }])
  })

  it('survives a termination that arrives with the confirmation of the connection', async () => {
    const { hostname, port } = new URL(database.url)
    const readyForQuery = Buffer.from('Z\0\0\0\x05I', 'latin1')
    const fields = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0' // cspell:disable-line -- prose-ok: protocol fields
    const fatal = Buffer.from(`E\0\0\0${String.fromCharCode(fields.length + 4)}${fields}`, 'latin1')
    const proxy = createServer((client) => {
      const upstream = connect(Number(port), hostname)
      client.on('error', () => undefined).pipe(upstream)
      upstream
        .on('error', () => undefined)
        .on('data', (chunk) => {
          client.write(chunk.includes(readyForQuery) ? Buffer.concat([chunk, fatal]) : chunk)
        })
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    afterFile(() => proxy.close())
    const url = new URL(database.url)
    url.port = String((proxy.address() as AddressInfo).port)
    await assert.rejects(openDatabase({ url: url.href }).query('select 1'), failure('unavailable'))
  })

  it('survives the loss of a checked-out client between two statements', async () => {
    const transaction = database.transaction(async (transaction) => {
      const [own] = await transaction.query<{ pid: number }>('select pg_backend_pid() as pid')
      await database.query('select pg_terminate_backend($1)', [own?.pid])
      await delay(200)
      await transaction.query('select 1')
    })
    await assert.rejects(transaction, failure('unavailable'))
    assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }])
  })
})
