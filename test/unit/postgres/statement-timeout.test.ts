import assert from 'node:assert/strict'
import { it } from 'node:test'
import { callTimeouts } from '../../../src/postgres/database.ts'
import { catalog } from '../../support/catalog.ts'

it('a statement times out before every tool, so that no abandoned one keeps its connection for long', () => {
  for (const { name, timeoutMs } of catalog.tools)
    assert.ok(callTimeouts.statementMs < timeoutMs, `${name} has ${timeoutMs} ms`)
})
