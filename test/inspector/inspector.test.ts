import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { it } from 'node:test'
import { startStack } from '../support/stack.ts'

it('the command line of the MCP Inspector lists and calls everything in both protocol revisions', async () => {
  const { server } = await startStack()
  const runner = spawn(process.execPath, ['--import', 'tsx', 'test/inspector/run.ts', server.mcpUrl.href], {
    stdio: 'inherit',
  })
  const [code] = await once(runner, 'exit')
  assert.equal(code, 0)
})
