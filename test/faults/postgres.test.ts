import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import pg from 'pg'
import { afterFile } from '../support/cleanup.ts'
import type { Scrape } from '../support/scrape.ts'
import { type Fault, runFault, testName } from './support/fault.ts'
import { type FaultStack, startFaultStack } from './support/fault-stack.ts'
import { freeze, thaw } from './support/processes.ts'

let stack: FaultStack
/** A connection outside the server, to inject faults by SQL. */
let operator: pg.Client
const sql = (text: string) => operator.query(text)

before(async () => {
  stack = await startFaultStack({ ownPostgres: true })
  await connect()
  afterFile(() => operator.end().catch(() => undefined))
})

async function connect(): Promise<void> {
  operator = new pg.Client(stack.databaseUrl)
  operator.on('error', () => undefined)
  await operator.connect()
}

const unavailableOutcomes = {
  search: ['unavailable'],
  fetch: ['unavailable'],
  add_document: ['unavailable'],
  search_all: ['without documents'],
}
const failFastMs = 2_000
const failFast = { search: failFastMs, fetch: failFastMs, add_document: failFastMs, search_all: 5_000 }
const down = { down: ['database'], ready: false, assertVisible: assertOperationsFail }

function assertOperationsFail(now: Scrape, before: Scrape): void {
  const failures = { dependency: 'database', outcome: 'error' }
  const name = 'mcp_dependency_operation_seconds_count'
  assert.ok(now.sum(name, failures) > before.sum(name, failures))
}

const faults: Fault[] = [
  {
    name: 'Postgres refuses connections',
    inject: () => stack.postgresProxy.cut(),
    repair: () => stack.postgresProxy.restore(),
    expectedOutcomes: unavailableOutcomes,
    limitsMs: failFast,
    ...down,
  },
  {
    name: 'Postgres is frozen',
    inject: () => freeze(stack.postgres?.pid() ?? 0),
    repair: () => thaw(stack.postgres?.pid() ?? 0),
    durationMs: 7_000,
    expectedOutcomes: unavailableOutcomes,
    limitsMs: failFast,
    ...down,
  },
  {
    name: 'Postgres is slow (+0.2 s per response)',
    inject: () => {
      stack.postgresProxy.delayMs = 100
    },
    repair: () => {
      stack.postgresProxy.delayMs = 0
    },
  },
  {
    name: 'Postgres restarts',
    inject: () => stack.postgres?.stop(),
    repair: async () => {
      await stack.postgres?.start()
      await connect()
    },
    expectedOutcomes: unavailableOutcomes,
    limitsMs: failFast,
    ...down,
  },
  {
    name: "Postgres: table locked, the caller's share of the pool exhausted",
    inject: async () => {
      await sql('begin')
      await sql('lock table documents in access exclusive mode')
    },
    repair: () => sql('rollback'),
    durationMs: 13_000,
    expectedOutcomes: {
      search: ['timeout', 'unavailable'],
      fetch: ['timeout', 'unavailable'],
      add_document: ['timeout', 'unavailable'],
      search_all: ['without documents'],
    },
    assertVisible(now, before) {
      assertOperationsFail(now, before)
      // All calls come from one address. The share is seven connections.
      assert.equal(now.sum('mcp_pg_pool_connections', { state: 'used' }), 7)
      assert.ok(now.sum('mcp_pg_pool_connections', { state: 'waiting' }) > 0)
    },
  },
  {
    name: 'Postgres: disk full',
    inject: async () => {
      await sql(`create function no_space() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`)
      await sql('create trigger no_space before insert on documents for each row execute function no_space()')
    },
    repair: () => sql('drop function no_space cascade'),
    expectedOutcomes: { add_document: ['unavailable'] },
    assertVisible(now, before) {
      const failed = { dependency: 'database', operation: 'insert', outcome: 'error' }
      const name = 'mcp_dependency_operation_seconds_count'
      assert.ok(now.sum(name, failed) > before.sum(name, failed))
      const rejected = { tool_name: 'add_document', code: 'unavailable' }
      assert.ok(now.sum('mcp_tool_errors_total', rejected) > before.sum('mcp_tool_errors_total', rejected))
    },
  },
]

describe('the server under load during a fault of Postgres', () => {
  for (const fault of faults) it(testName(fault), () => runFault(stack, fault))
})
