import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { it } from 'node:test'
import { startStack } from '../support/stack.ts'

it("the Inspector's command line understands the server in both eras", async () => {
  const { server } = await startStack()
  const runner = spawn(process.execPath, ['--import', 'tsx', 'test/inspector/run.ts', server.mcpUrl.href], {
    stdio: 'inherit',
  })
  const [code] = await once(runner, 'exit')
  assert.equal(code, 0)
})
