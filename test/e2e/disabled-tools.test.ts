import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { ConfigError } from '../../src/config/config.ts'
import { catalog } from '../support/catalog.ts'
import { postLegacy, postModern } from '../support/raw.ts'
import { other, plain } from '../support/sample-calls.ts'
import { startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
let names: string[]
before(async () => {
  names = catalog.tools.map(({ name }) => name)
  stack = await startStack({ DISABLED_TOOLS: ` ${other.call.name.toUpperCase()},` })
})

describe('a disabled tool', () => {
  it('is not listed, in either era', async () => {
    for (const post of [postModern, postLegacy]) {
      const { message } = await post(stack.server.mcpUrl, 'tools/list')
      const listed = message.result.tools.map(({ name }: { name: string }) => name)
      assert.deepEqual(
        listed,
        names.filter((name) => name !== other.call.name),
      )
    }
  })

  it('cannot be called', async () => {
    for (const post of [postModern, postLegacy]) {
      const { message } = await post(stack.server.mcpUrl, 'tools/call', other.call)
      assert.equal(message.error.code, -32602)
    }
    const line = await stack.server.line((line) => line['gen_ai.tool.name'] === other.call.name)
    assert.equal(line['error.code'], 'unknown_tool')
  })

  it('has no scope in the challenge if no other tool needs it', async () => {
    const needing = catalog.tools.filter(({ scopes }) => scopes.includes(other.scope))
    const DISABLED_TOOLS = needing.map(({ name }) => name).join()
    const server = await startServer({ ...stack.env, AUTH_MODE: 'api-key', DISABLED_TOOLS })
    const { headers } = await postModern(server.mcpUrl, 'tools/list')
    const scopes = /scope="(.*?)"/.exec(headers.get('www-authenticate') ?? '')?.[1]?.split(' ') ?? []
    assert.ok(scopes.includes(plain.scope), `${scopes}`)
    assert.ok(!scopes.includes(other.scope), `${scopes}`)
  })

  it('must exist, or the server does not start and lists the tools', async () => {
    await assert.rejects(
      startServer({ ...stack.env, DISABLED_TOOLS: 'no_such_tool' }),
      (error) =>
        error instanceof ConfigError &&
        error.message.includes(`DISABLED_TOOLS: must name tools of this server: ${names.join(', ')}`) &&
        !error.message.includes('no_such_tool'),
    )
  })
})
