import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { type AnyClient, connectors } from '../../support/clients.ts'
import { catalog } from '../../support/sample-calls.ts'
import { type Stack, sharedStack } from '../../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

// biome-ignore lint/suspicious/noExplicitAny: tests assert the shape of each tool's output
const structured = (result: unknown): any => (result as { structuredContent: unknown }).structuredContent
const textOf = (result: unknown): string => (result as { content: { text: string }[] }).content[0]?.text ?? ''

for (const [era, connect] of Object.entries(connectors)) {
  describe(era, () => {
    let client: AnyClient
    before(async () => {
      client = await connect(stack.server.mcpUrl)
    })

    it('lists the tools', async () => {
      const { tools } = await client.listTools()
      const names = tools.map(({ name }) => name)
      assert.deepEqual(names, names.toSorted())
      for (const name of ['add_document', 'fetch', 'search', 'search_all', 'search_wikipedia'])
        assert.ok(names.includes(name), name)
    })

    it('searches, fetches a hit, and the URL of the document serves its page', async () => {
      const search = await client.callTool({ name: 'search', arguments: { query: 'quick start' } })
      const [hit] = structured(search).results
      assert.equal(hit.id, 'guides.quick-start')
      assert.match(hit.snippet, /quick start/i)
      const fetched = structured(await client.callTool({ name: 'fetch', arguments: { id: hit.id } }))
      assert.deepEqual(Object.keys(fetched), ['id', 'title', 'text', 'url', 'metadata'])
      assert.equal(fetched.title, hit.title)
      const page = await fetch(fetched.url)
      assert.equal(page.status, 200)
      assert.match(await page.text(), /<h1>/)
    })

    it('searches Wikipedia', async () => {
      const { results } = structured(
        await client.callTool({ name: 'search_wikipedia', arguments: { query: 'prometheus', limit: 2 } }),
      )
      assert.ok(results.length > 0 && results.length <= 2)
      assert.deepEqual(Object.keys(results[0]), ['title', 'url', 'snippet'])
    })

    it('gets progress notifications on request', async () => {
      const progress: unknown[] = []
      const onprogress = ({ progress: done, total }: { progress: number; total?: number }) =>
        progress.push([done, total])
      const result = structured(
        await client.callTool({ name: 'search_all', arguments: { query: `alert ${era}` } }, {
          onprogress,
        } as never),
      )
      assert.deepEqual(result.missing, [])
      assert.deepEqual(progress, [
        [1, 2],
        [2, 2],
      ])
    })

    it('finds a document right after it is added, although the empty result was cached', async () => {
      // A distinct word per client; similar ones would match by typo tolerance.
      const word = createHash('sha256').update(era).digest('hex').replace(/\d/g, '').slice(0, 20)
      const search = async () =>
        structured(await client.callTool({ name: 'search', arguments: { query: word } })).results.map(
          ({ id }: { id: string }) => id,
        )
      assert.deepEqual(await search(), [])
      const args = { title: 'Added by a test', text: `# About ${word}`, tags: ['test'] }
      const added = structured(await client.callTool({ name: 'add_document', arguments: args }))
      assert.equal(added.created, true)
      assert.deepEqual(await search(), [added.id])
      const again = structured(await client.callTool({ name: 'add_document', arguments: args }))
      assert.deepEqual(again, { ...added, created: false })
    })

    it('lists all documents as resources, reads one and completes ids', async () => {
      const uris: string[] = []
      let cursor: string | undefined
      do {
        const page = await client.listResources(cursor === undefined ? undefined : { cursor })
        uris.push(...page.resources.map(({ uri }) => uri))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      assert.ok(uris.includes('document://guides.quick-start'))
      assert.equal(new Set(uris).size, uris.length)
      const { contents } = await client.readResource({ uri: 'document://guides.quick-start' })
      assert.equal(contents[0]?.mimeType, 'text/markdown')
      assert.match((contents[0] as { text: string }).text, /^# /m)
      const { resourceTemplates } = await client.listResourceTemplates()
      const templates = resourceTemplates.map(({ uriTemplate }) => uriTemplate)
      assert.deepEqual(
        templates,
        catalog.resources.map(({ uriTemplate }) => uriTemplate),
      )
      assert.ok(templates.includes('document://{id}'))
      const { completion } = await client.complete({
        ref: { type: 'ref/resource', uri: 'document://{id}' },
        argument: { name: 'id', value: 'guides.qu' },
      })
      assert.deepEqual(completion.values, ['guides.quick-start'])
      const { completion: all } = await client.complete({
        ref: { type: 'ref/resource', uri: 'document://{id}' },
        argument: { name: 'id', value: '' },
      })
      assert.deepEqual([all.values.length, all.hasMore], [100, true])
    })

    it('gets the prompt with its runbook and completes alert names', async () => {
      const { messages } = await client.getPrompt({
        name: 'investigate_alert',
        arguments: { alert: 'HighErrorRate' },
      })
      assert.equal(messages.length, 2)
      assert.match(JSON.stringify(messages[1]), /document:\/\/runbooks\.high-error-rate/)
      const { completion } = await client.complete({
        ref: { type: 'ref/prompt', name: 'investigate_alert' },
        argument: { name: 'alert', value: 'higherr' },
      })
      assert.deepEqual(completion.values, ['HighErrorRate'])
    })

    it('gets errors with a message that says how to correct the call', async () => {
      const missing = await client.callTool({ name: 'fetch', arguments: { id: 'nowhere' } })
      assert.equal(missing.isError, true)
      assert.match(textOf(missing), /^not_found: .*use "search" to find valid ids/)
      await assert.rejects(client.callTool({ name: 'no_such_tool', arguments: {} }), /-32602|not found/i)
      await assert.rejects(client.readResource({ uri: 'document://nowhere' }), /not found/i)
      await assert.rejects(
        client.getPrompt({ name: 'investigate_alert', arguments: { alert: 'Nothing' } }),
        /Alerts with a runbook: .*HighErrorRate/,
      )
      await assert.rejects(client.listResources({ cursor: 'made-up' }), /cursor/)
    })
  })
}

describe('resources/list', () => {
  it('returns 100 resources and a cursor when there are more', async () => {
    const client = await connectors['v2 client, 2026-07-28'](stack.server.mcpUrl)
    for (let n = 0; n < 120; n++)
      await client.callTool({
        name: 'add_document',
        arguments: { title: `Page filler ${n}`, text: 'filler' },
      })
    const first = await client.listResources({})
    // listResources of the v2 client fetches all pages, a raw request fetches one.
    const raw = await client.request({ method: 'resources/list', params: {} })
    assert.equal(raw.resources.length, 100)
    assert.ok(raw.nextCursor)
    assert.ok(first.resources.length >= 100)
  })
})
