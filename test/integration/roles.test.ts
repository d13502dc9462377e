import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterFile } from '../support/cleanup.ts'
import { executeSql } from '../support/template-database.ts'

const run = promisify(execFile)
const skip = spawnSync('psql', ['--version']).status === 0 ? false : 'psql is not on PATH'
const cluster = process.env.TEST_POSTGRES_ADMIN_URL ?? ''

function urlFor(user: string, password: string, database: string): string {
  const url = new URL(cluster)
  return Object.assign(url, { username: user, password, pathname: `/${database}` }).href
}

describe('deploy/postgres/roles.sh', { skip }, () => {
  it('lets an admin who is no superuser create the roles, of which the server has rows only', async () => {
    for (const sql of [
      `create role admin_of_roles login password 'admin' createrole createdb`,
      'grant pg_monitor to admin_of_roles with admin option',
    ])
      await executeSql(cluster, sql)
    afterFile(async () => {
      await executeSql(cluster, 'drop database if exists mcp')
      for (const role of ['mcp_app', 'mcp_exporter', 'mcp_owner', 'admin_of_roles'])
        await executeSql(cluster, `drop role if exists ${role}`)
    })
    const { hostname, port } = new URL(cluster)
    await run('deploy/postgres/roles.sh', {
      env: {
        ...process.env,
        PGHOST: hostname,
        PGPORT: port,
        POSTGRES_USER: 'admin_of_roles',
        PGPASSWORD: 'admin',
        MCP_OWNER_PASSWORD: 'owner',
        MCP_APP_PASSWORD: 'app',
        MCP_EXPORTER_PASSWORD: 'exporter',
      },
    })
    await run(process.execPath, ['dist/commands/migrate.js'], {
      env: {
        ...process.env,
        DATABASE_URL: urlFor('mcp_owner', 'owner', 'mcp'),
        REDIS_URL: 'redis://127.0.0.1:1',
      },
    })
    const server = new pg.Client({ connectionString: urlFor('mcp_app', 'app', 'mcp') })
    await server.connect()
    try {
      assert.ok((await server.query('select from schema_migrations')).rowCount)
      for (const sql of ['delete from schema_migrations', 'delete from api_keys', 'create table notes ()'])
        await assert.rejects(server.query(sql), { code: '42501' }, sql)
    } finally {
      await server.end()
    }
  })
})
