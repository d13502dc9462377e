import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { createTestDatabase } from '../support/database.ts'
import { executeSql, urlOfDatabase } from '../support/template-database.ts'

const migrate = (url: string) =>
  promisify(execFile)(process.execPath, ['dist/commands/migrate.js'], {
    env: {
      ...process.env,
      DATABASE_URL: url,
      REDIS_URL: 'redis://127.0.0.1:1',
      LOG_FORMAT: 'json',
      LOG_LEVEL: 'info',
    },
  })

describe('the migration job', () => {
  it('applies migrations once when several replicas run it at the same time, and none when repeated', async () => {
    const url = await createTestDatabase({ migrated: false })
    const outputs = await Promise.all([migrate(url), migrate(url), migrate(url)])
    const applied = outputs.map(
      ({ stdout }) =>
        JSON.parse(stdout.split('\n').find((line) => line.includes('schema is up to date')) ?? '{}').applied
          .length,
    )
    assert.deepEqual(applied.filter((count) => count > 0).length, 1, `migrations applied per job: ${applied}`)
    assert.match((await migrate(url)).stdout, /"applied":\[\]/)
  })

  it("restricts the server's role to select on api_keys and leaves its other grants", async () => {
    const url = await createTestDatabase({ migrated: false })
    const cluster = process.env.TEST_POSTGRES_URL ?? ''
    const role = `app_${randomBytes(6).toString('hex')}`
    await executeSql(cluster, `create role ${role}`)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      // The grants of deploy/postgres/roles.sh.
      await client.query(
        `alter default privileges in schema public grant select, insert, update, delete on tables to ${role}`,
      )
      await migrate(url)
      const privileges = async (table: string) =>
        (
          await client.query<{ privilege: string }>(
            `select privilege from unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as privilege
             where has_table_privilege($1, $2, privilege)`,
            [role, table],
          )
        ).rows.map(({ privilege }) => privilege)
      assert.deepEqual(await privileges('schema_migrations'), ['select', 'insert', 'update', 'delete'])
      assert.deepEqual(await privileges('api_keys'), ['select'])
    } finally {
      await client.query(`drop owned by ${role}`)
      await client.end()
      await executeSql(urlOfDatabase(cluster, 'postgres'), `drop role ${role}`)
    }
  })
})
