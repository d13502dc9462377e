import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import pg from 'pg'
import { afterFile } from '../support/cleanup.ts'
import type { Scrape } from '../support/scrape.ts'
import { type Fault, runFault } from './support/fault.ts'
import { type FaultStack, startFaultStack } from './support/fault-stack.ts'
import { freeze, thaw } from './support/processes.ts'

let stack: FaultStack
/** Somebody else's connection to the database, which may lock and change what it likes. */
let other: pg.Client
const sql = (text: string) => other.query(text)

before(async () => {
  stack = await startFaultStack({ ownPostgres: true })
  await connect()
  afterFile(() => other.end().catch(() => undefined))
})

async function connect(): Promise<void> {
  other = new pg.Client(stack.databaseUrl)
  other.on('error', () => undefined)
  await other.connect()
}

const unavailable = {
  search: ['unavailable'],
  fetch: ['unavailable'],
  add_document: ['unavailable'],
  search_all: ['without documents'],
}
const atOnceMs = 2_000
const atOnce = { search: atOnceMs, fetch: atOnceMs, add_document: atOnceMs, search_all: 5_000 }
const down = { down: ['database'], ready: false, shows: operationsFail }

function operationsFail(now: Scrape, before: Scrape): void {
  const failures = { dependency: 'database', outcome: 'error' }
  const name = 'mcp_dependency_operation_seconds_count'
  assert.ok(now.sum(name, failures) > before.sum(name, failures))
}

const faults: Fault[] = [
  {
    name: 'Postgres refuses connections',
    inject: () => stack.postgresLink.cut(),
    repair: () => stack.postgresLink.mend(),
    declared: unavailable,
    withinMs: atOnce,
    ...down,
  },
  {
    name: 'Postgres is frozen',
    inject: () => freeze(stack.postgres?.pid() ?? 0),
    repair: () => thaw(stack.postgres?.pid() ?? 0),
    lastsMs: 7_000,
    declared: unavailable,
    withinMs: atOnce,
    ...down,
  },
  {
    name: 'Postgres is slow (0.2 s more for each answer)',
    inject: () => {
      stack.postgresLink.delayMs = 100
    },
    repair: () => {
      stack.postgresLink.delayMs = 0
    },
  },
  {
    name: 'Postgres restarts',
    inject: () => stack.postgres?.stop(),
    repair: async () => {
      await stack.postgres?.start()
      await connect()
    },
    declared: unavailable,
    withinMs: atOnce,
    ...down,
  },
  {
    name: 'Postgres: a table is locked, the pool exhausted',
    inject: async () => {
      await sql('begin')
      await sql('lock table documents in access exclusive mode')
    },
    repair: () => sql('rollback'),
    lastsMs: 13_000,
    declared: {
      search: ['timeout', 'unavailable'],
      fetch: ['timeout', 'unavailable'],
      add_document: ['timeout', 'unavailable'],
      search_all: ['without documents'],
    },
    ...down,
    shows(now, before) {
      operationsFail(now, before)
      assert.equal(now.sum('mcp_pg_pool_connections', { state: 'used' }), now.sum('mcp_pg_pool_max'))
      assert.ok(now.sum('mcp_pg_pool_connections', { state: 'waiting' }) > 0)
    },
  },
  {
    name: 'Postgres: the disk is full',
    inject: async () => {
      await sql(`create function no_space() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`)
      await sql('create trigger no_space before insert on documents for each row execute function no_space()')
    },
    repair: () => sql('drop function no_space cascade'),
    declared: { add_document: ['unavailable'] },
    shows(now, before) {
      const failed = { dependency: 'database', operation: 'insert', outcome: 'error' }
      const name = 'mcp_dependency_operation_seconds_count'
      assert.ok(now.sum(name, failed) > before.sum(name, failed))
      const refused = { tool_name: 'add_document', code: 'unavailable' }
      assert.ok(now.sum('mcp_tool_errors_total', refused) > before.sum('mcp_tool_errors_total', refused))
    },
  },
]

describe('under load, when something is wrong with Postgres', () => {
  for (const fault of faults) it(fault.name, () => runFault(stack, fault))
})
