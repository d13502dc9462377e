import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterFile } from '../support/cleanup.ts'
import { createTestDatabase } from '../support/database.ts'
import { executeSql, urlOfDatabase } from '../support/template-database.ts'

const migrate = (url: string, project = process.cwd()) =>
  promisify(execFile)(process.execPath, ['dist/commands/migrate.js'], {
    cwd: project,
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

  it('ignores the backups of editors with a warning', async () => {
    const project = mkdtempSync(join(tmpdir(), 'migrations-'))
    afterFile(() => rmSync(project, { recursive: true }))
    for (const path of ['docs', 'README.md', 'SECURITY.md', 'package.json', 'node_modules'])
      symlinkSync(resolve(path), join(project, path))
    for (const path of ['dist', 'migrations']) cpSync(path, join(project, path), { recursive: true })
    const backups = ['#2_api_keys.sql#', '.1_documents.sql.swp', '1_documents.sql.orig', '1_documents.sql~']
    for (const name of backups) writeFileSync(join(project, 'migrations', name), 'this is no SQL')
    const { stdout } = await migrate(await createTestDatabase({ migrated: false }), project)
    const warning = stdout.split('\n').find((line) => line.includes('ignored editor backups')) ?? '{}'
    assert.deepEqual(JSON.parse(warning).ignored?.sort(), backups)
    assert.match(stdout, /"applied":\["\d+_\w+"/)
  })

  it("restricts the server's role to select on keys and applied migrations and leaves its other grants", async () => {
    const url = await createTestDatabase({ migrated: false })
    const cluster = process.env.TEST_POSTGRES_ADMIN_URL ?? ''
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
      await client.query('create table notes ()')
      assert.deepEqual(await privileges('notes'), ['select', 'insert', 'update', 'delete'])
      for (const table of ['api_keys', 'schema_migrations'])
        assert.deepEqual(await privileges(table), ['select'], table)
    } finally {
      await client.end()
      await executeSql(urlOfDatabase(cluster, new URL(url).pathname.slice(1)), `drop owned by ${role}`)
      await executeSql(urlOfDatabase(cluster, 'postgres'), `drop role ${role}`)
    }
  })
})
