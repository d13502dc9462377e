import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { afterFile } from '../support/cleanup.ts'
import { startStores } from '../support/stack.ts'
import { attacks } from './attacks/attacks.ts'
import { authModes } from './support/caller.ts'
import { loadDocuments } from './support/documents.ts'
import { holdConnections } from './support/held-connections.ts'
import { measureUndisturbed, underAttack } from './support/measure.ts'
import { printTable, type Row } from './support/report.ts'
import { startTarget, type Target } from './support/target.ts'
import type { Latencies } from './support/victim.ts'

let stores: Awaited<ReturnType<typeof startStores>>
const rows: Row[] = []

before(async () => {
  stores = await startStores()
  await loadDocuments(stores.env.DATABASE_URL ?? '')
  afterFile(() => printTable(rows))
})

for (const mode of authModes)
  describe(`an attack by one caller, AUTH_MODE=${mode}`, () => {
    let target: Target
    let undisturbed: Latencies
    let held: Promise<string[]>
    before(async () => {
      target = await startTarget(mode, stores)
      undisturbed = await measureUndisturbed(target)
      held = holdConnections(await target.createClient())
    })
    after(() => target.server.stop())

    // Attacks before authentication are the same in each mode.
    for (const attack of attacks.filter((each) => mode === 'none' || !each.beforeAuthentication))
      it(`${attack.name}: others are served as before`, async () => {
        // So that each attack is judged by itself.
        if (!target.server.isRunning()) target = await startTarget(mode, stores)
        const { row, problems } = await underAttack(target, attack, undisturbed)
        rows.push(row)
        assert.deepEqual(problems, [])
      })

    it('disconnects a client that neither finishes its upload nor reads its response', async () => {
      assert.deepEqual(await held, [])
    })
  })
