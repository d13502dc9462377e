import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runFault } from './support/fault.ts'
import { startFaultStack } from './support/fault-stack.ts'
import { startPrimaryAndStandby } from './support/standby.ts'

describe('the server under load during a switchover of Postgres', () => {
  it('writes again within 10 s although its connections to the former primary survive', async () => {
    const { primaryUrl, standbyUrl, demote, promote } = await startPrimaryAndStandby()
    const stack = await startFaultStack({ emptyDatabaseUrl: primaryUrl })
    await runFault(stack, {
      name: 'Postgres: switchover behind a proxy that keeps connections',
      inject: demote,
      async repair() {
        await promote()
        stack.postgresProxy.switchTo(standbyUrl)
      },
      expectedOutcomes: { add_document: ['unavailable'] },
      assertVisible(now, before) {
        const rejected = { tool_name: 'add_document', code: 'unavailable' }
        assert.ok(now.sum('mcp_tool_errors_total', rejected) > before.sum('mcp_tool_errors_total', rejected))
      },
    })
  })
})
