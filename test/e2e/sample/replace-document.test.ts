import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Client, ElicitResult } from '@modelcontextprotocol/client'
import { createDocumentStore, type DocumentStore } from '../../../src/documents/store.ts'
import addDocument from '../../../src/tools/add-document.tool.ts'
import { type CallOptions, callTool } from '../../support/call-tool.ts'
import { connectAnswering, connectLegacy, connectModern, connectV1 } from '../../support/clients.ts'
import { openTestDatabase } from '../../support/database.ts'
import { postModern } from '../../support/raw.ts'
import { type Stack, sharedStack } from '../../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

type Caller = Pick<Client, 'callTool'>
const add = async (client: Caller, id: string, text: string, tags: string[] = []) => {
  const call = { name: 'add_document', arguments: { id, title: `Title of ${id}`, text, tags } }
  const result = await client.callTool(call)
  const [{ text: message }] = result.content as unknown as [{ text: string }]
  return { output: result.structuredContent, error: result.isError ? message : undefined }
}
const textOf = async (client: Caller, id: string) =>
  ((await client.callTool({ name: 'fetch', arguments: { id } })).structuredContent as { text: string }).text

/** A client whose user gives the same answer to each question. */
async function answering(action: ElicitResult['action'], revision?: '2025') {
  const asked: string[] = []
  const answer = (message: string): ElicitResult => {
    asked.push(message)
    return { action, ...(action === 'accept' && { content: {} }) }
  }
  return { client: await connectAnswering(stack.server.mcpUrl, answer, revision), asked }
}

describe('add_document with an id', () => {
  it('replaces a document when the user accepts, and asks only then', async () => {
    const { client, asked } = await answering('accept')
    const id = 'replaced-note'
    const url = `${stack.server.url}/documents/${id}`
    const created = { id, created: true, replaced: false }
    const { output } = await add(client, id, 'first wording')
    assert.deepEqual({ ...(output as object), url: '' }, { ...created, url: '' })
    assert.match((output as { url: string }).url, new RegExp(`/documents/${id}$`))
    assert.equal(await textOf(client, id), 'first wording')

    const replaced = await add(client, id, 'second wording')
    assert.deepEqual(
      { ...(replaced.output as object), url: '' },
      { ...created, created: false, replaced: true, url: '' },
    )
    assert.equal(asked.length, 1)
    assert.match(
      asked[0] ?? '',
      /^Replace the document "Title of replaced-note" \(replaced-note\), last changed 20/,
    )
    assert.equal(await textOf(client, id), 'second wording')
    assert.match(await (await fetch(url)).text(), /second wording/)
    const hits = await client.callTool({ name: 'search', arguments: { query: '"second wording"' } })
    assert.match(JSON.stringify(hits.structuredContent), /replaced-note/)

    const repeated = await add(client, id, 'second wording')
    assert.deepEqual(repeated.output, { ...(replaced.output as object), replaced: false })
    assert.equal(asked.length, 1)
  })

  it('leaves the document as it is when the user declines or cancels', async () => {
    for (const action of ['decline', 'cancel'] as const) {
      const { client, asked } = await answering(action)
      const id = `kept-${action}`
      await add(client, id, 'kept')
      const { error } = await add(client, id, 'other')
      assert.equal(error, `conflict: The user did not agree to replace ${id}. Choose another id, or omit it.`)
      assert.equal(asked.length, 1)
      assert.equal(await textOf(client, id), 'kept')
    }
  })

  it('fails with conflict and the reason if the client cannot ask', async () => {
    const url = stack.server.mcpUrl
    const clients: [string, Caller, RegExp][] = [
      ['no capability', await connectModern(url), /must declare the capability "elicitation"/],
      ['v2 in 2025', await connectLegacy(url), /2025 revisions .* session/],
      ['v1', await connectV1(url), /2025 revisions .* session/],
      ['v2 in 2025 with the capability', (await answering('accept', '2025')).client, /2025 revisions/],
    ]
    for (const [index, [name, client, reason]] of clients.entries()) {
      const id = `unasked-${index}`
      assert.equal((await add(client, id, 'first')).error, undefined, name)
      const { error = '' } = await add(client, id, 'second')
      assert.match(
        error,
        new RegExp(`^conflict: The user must answer "Replace the document "Title of ${id}"`),
        name,
      )
      assert.match(error, reason, name)
      assert.equal(await textOf(client, id), 'first', name)
    }
  })

  it('takes the place of no ingested document and rejects ids with a dot', async () => {
    const { client, asked } = await answering('accept')
    const ingested = await add(client, 'readme', 'mine')
    assert.equal(
      ingested.error,
      'conflict: Another document has the id readme. Choose another id, or omit it.',
    )
    const dotted = await add(client, 'runbooks.new', 'mine')
    assert.match(dotted.error ?? '', /^invalid_arguments: .*id: must have 1 to 100 lower-case letters/)
    assert.deepEqual(asked, [])
  })

  it('is one call per request in the log, of which the first asked', async () => {
    const { client } = await answering('accept')
    // After the lines of earlier calls, which arrive later than their responses.
    await postModern(stack.server.mcpUrl, 'tools/list', {}, { 'x-request-id': 'before-observed' })
    await stack.server.line(({ request_id }) => request_id === 'before-observed')
    const server = stack.server.fromNow()
    await add(client, 'observed-note', 'first')
    await add(client, 'observed-note', 'second')
    const isCall = (line: Record<string, unknown>) =>
      line['gen_ai.tool.name'] === 'add_document' && line.message === 'mcp message'
    await server.line((line) => isCall(line) && server.lines.filter(isCall).length === 3)
    assert.deepEqual(
      server.lines.filter(isCall).map(({ outcome, level }) => `${level} ${outcome}`),
      ['info success', 'info input_required', 'info success'],
    )
  })
})

describe('the tool add_document on its own', () => {
  let documents: DocumentStore
  before(async () => {
    documents = createDocumentStore({ database: await openTestDatabase(), publicUrl: '' })
  })
  const call = (by: string, text: string, options: CallOptions = {}) =>
    callTool(
      addDocument,
      { id: 'shared', title: 'Shared', text },
      { services: { documents }, caller: { id: by, scopes: 'all' }, ...options },
    )
  const accept = () => ({ action: 'accept', content: {} }) as const

  it('replaces only documents of the same caller', async () => {
    await call('key:one', 'text of one')
    await assert.rejects(call('key:two', 'text of two', { answer: accept }), {
      code: 'conflict',
      message: 'Another document has the id shared. Choose another id, or omit it.',
    })
    assert.equal((await documents.get('shared'))?.text, 'text of one')
    assert.equal((await call('key:one', 'new text of one', { answer: accept })).result.replaced, true)
  })

  it('asks again if the document changes between question and answer', async () => {
    const asked: string[] = []
    const { result } = await call('key:one', 'third', {
      answer: (message) => {
        asked.push(message)
        return accept()
      },
      services: {
        documents: {
          add: async (document, options) => {
            // Another replica replaces the document after the first question.
            if (asked.length === 1) await replaceTo(`concurrent ${asked.length}`)
            return documents.add(document, options)
          },
        },
      },
    })
    assert.equal(asked.length, 2)
    assert.notEqual(asked[0], asked[1])
    assert.equal(result.replaced, true)
    assert.equal((await documents.get('shared'))?.text, 'third')
  })

  async function replaceTo(text: string) {
    const document = { id: 'shared', title: 'Shared', text, tags: [], source: 'add_document' }
    const { holder } = await documents.add(document, { addedBy: 'key:one' })
    await documents.add(document, { addedBy: 'key:one', replaces: holder?.version ?? '' })
  }
})
