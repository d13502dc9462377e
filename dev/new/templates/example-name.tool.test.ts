import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { postLegacy, postModern } from '../../../test/support/raw.ts'
import { scrape } from '../../../test/support/scrape.ts'
import { type Stack, startStack } from '../../../test/support/stack.ts'

let stack: Stack
before(async () => {
  stack = await startStack()
})

describe('example_name', () => {
  for (const [era, post] of Object.entries({ modern: postModern, legacy: postLegacy })) {
    it(`counts words (${era})`, async () => {
      const params = { name: 'example_name', arguments: { text: 'one two  three' } }
      const { message } = await post(stack.server.mcpUrl, 'tools/call', params)
      assert.deepEqual(message.result.structuredContent, { words: 3 })
    })
  }

  it('records the number and latency of its calls', async () => {
    const { sum } = await scrape(stack.server.url)
    assert.equal(sum('mcp_tool_calls_total', { tool_name: 'example_name', status: 'success' }), 2)
    assert.equal(sum('mcp_tool_latency_seconds_count', { tool_name: 'example_name' }), 2)
  })
})
