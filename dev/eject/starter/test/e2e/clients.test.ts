import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { ListResourcesResult } from '@modelcontextprotocol/client'
import { connectors } from '../support/clients.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

for (const [era, connect] of Object.entries(connectors)) {
  describe(`a ${era}`, () => {
    it('lists and uses tools, prompts and resources', async () => {
      const client = await connect(stack.server.mcpUrl)
      const { tools } = await client.listTools()
      for (const name of ['count_words', 'echo'])
        assert.ok(
          tools.some((tool) => tool.name === name),
          name,
        )
      const { structuredContent } = await client.callTool({ name: 'echo', arguments: { text: 'Grüße' } })
      assert.deepEqual(structuredContent, { text: 'Grüße' })

      const { prompts } = await client.listPrompts()
      assert.ok(prompts.some(({ name }) => name === 'explain_topic'))
      const uris: string[] = []
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const page: ListResourcesResult = await client.listResources(cursor === '' ? {} : { cursor })
        uris.push(...page.resources.map(({ uri }) => uri))
        cursor = page.nextCursor
      }
      assert.ok(uris.includes('note://first'), `${uris}`)
      const { contents } = await client.readResource({ uri: 'note://first' })
      assert.match(JSON.stringify(contents), /The first one\./)
      await assert.rejects(client.readResource({ uri: 'note://nowhere' }), /not found/i)
    })

    it('rejects invalid arguments with the reason', async () => {
      const client = await connect(stack.server.mcpUrl)
      const { isError, content } = await client.callTool({ name: 'echo', arguments: { text: '' } })
      assert.equal(isError, true)
      assert.match(JSON.stringify(content), /invalid_arguments: .*text.*must not be empty/)
    })
  })
}
