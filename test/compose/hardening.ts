import assert from 'node:assert/strict'
import type { Check } from './checks.ts'
import type { Stack } from './compose.ts'

// biome-ignore lint/suspicious/noExplicitAny: output of other programs
type Json = any

/** Runs SQL as the role of the server, which needs no password inside the database container. */
const asServer = (stack: Stack, sql: string) =>
  stack.compose(...'exec -T postgres psql -h 127.0.0.1 -U mcp_app -d mcp -At -c'.split(' '), sql)

/** Restrictions of the containers and of the server's database role. */
export const hardeningChecks: Readonly<Record<string, Check>> = {
  async 'runs every container without root, capabilities or a writable file system'(stack) {
    for (const { ID, Name } of await stack.containers()) {
      const [{ HostConfig }] = JSON.parse(await stack.docker('inspect', ID)) as Json
      assert.equal(HostConfig.ReadonlyRootfs, true, `${Name} has a writable root file system`)
      assert.deepEqual(HostConfig.CapDrop, ['ALL'], `${Name} has capabilities`)
      assert.ok(HostConfig.SecurityOpt?.includes('no-new-privileges:true'), `${Name} can gain privileges`)
      assert.ok(HostConfig.Memory > 0, `${Name} has no memory limit`)
    }
    for (const service of ['server', 'gateway', 'postgres', 'redis', 'alert-sink', 'demo']) {
      const uid = (await stack.compose('exec', '-T', service, 'id', '-u')).trim()
      assert.notEqual(uid, '0', `${service} runs as root`)
    }
    return undefined
  },

  async 'allows the server to read and write rows and nothing else'(stack) {
    const write =
      "insert into documents (id, title, text, source, content_hash) values ('x', 'x', '', 'x', 'x')"
    assert.match(
      await asServer(stack, `begin; ${write}; select count(*) > 10 from documents; rollback`),
      /^t$/m,
    )
    for (const sql of [
      'create table smoke ()',
      'create temporary table smoke ()',
      'create schema smoke',
      'alter table documents add column smoke text',
      'drop table documents',
      'truncate documents',
      'create extension hstore',
      'set role mcp_owner',
    ]) {
      await assert.rejects(
        asServer(stack, sql),
        /permission denied|must be owner/,
        `the role of the server may run: ${sql}`,
      )
    }
    const users = await stack.compose(
      ...'exec -T postgres psql -h 127.0.0.1 -U postgres -d mcp -At -c'.split(' '),
      "select distinct usename from pg_stat_activity where datname = 'mcp' and pid <> pg_backend_pid() order by 1",
    )
    assert.deepEqual(users.trim().split('\n'), ['mcp_app', 'mcp_exporter'])
    return undefined
  },

  async 'allows the exporters to read statistics and no data'(stack) {
    const psql = 'exec -T postgres psql -h 127.0.0.1 -U mcp_exporter -d mcp -At -c'.split(' ')
    assert.match(await stack.compose(...psql, 'select count(*) > 0 from pg_stat_activity'), /^t$/m)
    await assert.rejects(
      stack.compose(...psql, 'select * from public.documents'),
      /permission denied/,
      'the exporter may read documents',
    )
    const redis = 'exec -T redis redis-cli --user exporter --pass demo-only-exporter'.split(' ')
    assert.match(await stack.compose(...redis, 'info', 'memory'), /used_memory:/)
    assert.match(await stack.compose(...redis, 'get', 'any'), /NOPERM/)
    return undefined
  },
}
