// cspell:disable -- prose-ok: stems, misspelt words and other scripts
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { runner } from 'node-pg-migrate'
import { createDocumentStore } from '../../../src/documents/store.ts'
import { createDatabase } from '../../../src/postgres/database.ts'
import { afterFile } from '../../support/cleanup.ts'
import { createTestDatabase } from '../../support/database.ts'
import { silentLogger } from '../../support/logger.ts'
import { noopMetrics } from '../../support/telemetry-fixtures.ts'
import { executeSql, urlOfDatabase } from '../../support/template-database.ts'

const silent = () => undefined
/** Migrations of the release before documents got lexemes from the server. */
const migrateToEarlierRelease = (databaseUrl: string) =>
  runner({
    databaseUrl,
    dir: 'migrations',
    direction: 'up',
    count: 5,
    migrationsTable: 'schema_migrations',
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
const migrate = (url: string) =>
  promisify(execFile)(process.execPath, ['dist/commands/migrate.js'], {
    env: { ...process.env, DATABASE_URL: url, REDIS_URL: 'redis://127.0.0.1:1', LOG_FORMAT: 'json' },
  })
/** As the earlier release does. */
const insert = `insert into documents (id, title, text, source, content_hash) values ($1, 'Old', $2, 'old', md5($1))`

describe('documents of an earlier release', () => {
  it('are indexed again by the migration job, and those that it adds later by the next job', async () => {
    const url = await createTestDatabase({ migrated: false })
    await migrateToEarlierRelease(url)
    const database = createDatabase({ url, logger: silentLogger, metrics: noopMetrics })
    afterFile(() => database.close())
    const { search } = createDocumentStore({ database, publicUrl: 'https://mcp.example.org' })
    const idsFor = async (query: string) => (await search(query)).hits.map(({ id }) => id)
    for (let n = 0; n < 1_200; n++)
      await database.query(insert, [`crowd-${n}`, `number ${n} of src/numbat/dugong.ts`])
    await database.query(insert, ['before', 'see src/potoroo/bettong.ts'])

    const { stdout } = await migrate(url)
    assert.match(stdout, /"documents were indexed again".*"documents":1201/)
    assert.deepEqual(await idsFor('potoroo'), ['before'])
    assert.deepEqual(await idsFor('potorro'), ['before'])

    // The earlier release still runs: its statements work, and its search finds what the new one indexed.
    await database.query(insert, ['after', 'a gerenuk in lib/cassowary/emu.ts'])
    assert.deepEqual(await idsFor('gerenuks'), ['after'])
    await database.query("insert into document_words (word) values ('gerenuk') on conflict do nothing")
    assert.deepEqual(await idsFor('cassowary'), [])
    const [found] = await database.query<{ id: string }>(
      `select id from documents where search @@ websearch_to_tsquery('english', 'potoroo')`,
    )
    assert.equal(found?.id, 'before')

    await migrate(url)
    assert.deepEqual(await idsFor('cassowary'), ['after'])
    assert.deepEqual(await idsFor('gerenuc'), ['after'])
    assert.doesNotMatch((await migrate(url)).stdout, /indexed again/)
  })
})

describe('the migration job', () => {
  it('refuses a database that is not in UTF-8 and says which one to create', async () => {
    const cluster = process.env.TEST_POSTGRES_ADMIN_URL ?? ''
    const name = `latin_${Date.now()}`
    await executeSql(
      cluster,
      `create database ${name} template template0 encoding 'LATIN1' locale_provider libc locale 'C'`,
    )
    afterFile(() => executeSql(cluster, `drop database ${name} with (force)`))
    await assert.rejects(
      migrate(urlOfDatabase(cluster, name)),
      ({ stdout, stderr }: { stdout: string; stderr: string }) => {
        assert.match(stdout + stderr, /this database is in LATIN1.*template template0 encoding 'UTF8'/)
        return true
      },
    )
  })
})
