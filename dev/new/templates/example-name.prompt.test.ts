import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { postModern } from '../../../test/support/raw.ts'
import { startStack } from '../../../test/support/stack.ts'

describe('example_name', () => {
  it('passes the topic to the model', async () => {
    const { server } = await startStack()
    const params = { name: 'example_name', arguments: { topic: 'burn rates' } }
    const { message } = await postModern(server.mcpUrl, 'prompts/get', params)
    assert.match(message.result.messages[0].content.text, /burn rates/)
  })
})
