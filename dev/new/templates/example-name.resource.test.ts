import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { postModern } from '../../../test/support/raw.ts'
import { startStack } from '../../../test/support/stack.ts'

describe('example-name://{id}', () => {
  it('returns a resource, and rejects an unknown id', async () => {
    const { server } = await startStack()
    const read = (uri: string) => postModern(server.mcpUrl, 'resources/read', { uri })
    assert.equal((await read('example-name://first')).message.result.contents[0].text, 'The first one.')
    assert.equal((await read('example-name://other')).message.error.code, -32602)
  })
})
