import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { before, describe, it } from 'node:test'
import { modernRequest } from '../support/raw.ts'
import { plain, tracedCall } from '../support/sample-calls.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

type Revision = '2026-07-28' | '2025-11-25'

/** Sends a request with this `Accept` header, or none, which fetch would add. */
async function send(revision: Revision, accept: string | undefined, params: object = plain.call, batch = 0) {
  const message =
    revision === '2026-07-28'
      ? modernRequest('tools/call', { ...params })
      : { jsonrpc: '2.0', id: 1, method: 'tools/call', params }
  const sent = request(stack.server.mcpUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'mcp-protocol-version': batch > 0 ? '2025-03-26' : revision,
      'mcp-method': 'tools/call',
      'mcp-name': (params as { name: string }).name,
      ...(accept !== undefined && { accept }),
    },
  })
  const body = batch > 0 ? Array.from({ length: batch }, (_, id) => ({ ...message, id })) : message
  sent.end(JSON.stringify(body))
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, type: response.headers['content-type'], text: await text(response) }
}

const accepted: [accept: string | undefined, onlyJson: boolean][] = [
  [undefined, false],
  ['*/*', false],
  ['text/event-stream', false],
  ['application/json, text/event-stream', false],
  ['application/json', true],
  ['application/*', true],
  ['application/json; q=0.5, text/html', true],
]

for (const revision of ['2026-07-28', '2025-11-25'] as const) {
  describe(`the Accept header of a ${revision} request`, () => {
    for (const [accept, onlyJson] of accepted) {
      it(`is answered${onlyJson ? ' as JSON' : ''}: ${accept ?? 'missing'}`, async () => {
        const answer = await send(revision, accept)
        assert.equal(answer.status, 200, answer.text)
        assert.match(answer.text, plain.answer)
        if (!onlyJson) return
        assert.match(answer.type, /^application\/json/)
        const { id, result } = JSON.parse(answer.text)
        assert.equal(id, 1)
        assert.ok(result.structuredContent)
      })
    }

    it('leaves notifications out of a JSON response', async () => {
      const call = { ...tracedCall.call(`json ${revision}`), _meta: { progressToken: 'p' } }
      const withEnvelope = modernRequest('', call).params
      const params =
        revision === '2026-07-28' ? { ...call, _meta: { ...withEnvelope._meta, progressToken: 'p' } } : call
      const answer = await send(revision, 'application/json', params)
      assert.match(answer.type, /^application\/json/)
      assert.ok(JSON.parse(answer.text).result.structuredContent)
    })
  })
}

describe('the Accept header of a 2025 request', () => {
  it('makes the response of a batch a JSON list', async () => {
    const answer = await send('2025-11-25', 'application/json', plain.call, 3)
    assert.equal(answer.status, 200, answer.text)
    const ids = JSON.parse(answer.text).map(({ id }: { id: number }) => id)
    assert.deepEqual(ids.sort(), [0, 1, 2])
  })

  it('leaves notifications out of the JSON list of a batch', async () => {
    const call = { ...tracedCall.call('json batch'), _meta: { progressToken: 'p' } }
    const answer = await send('2025-11-25', 'application/json', call, 2)
    const messages = JSON.parse(answer.text) as { id?: number; method?: string }[]
    assert.deepEqual(messages.map(({ id, method }) => [id, method]).sort(), [
      [0, undefined],
      [1, undefined],
    ])
  })

  it('gets 406 if it accepts neither JSON nor event streams', async () => {
    for (const accept of ['text/html', 'application/xml, image/*'])
      assert.equal((await send('2025-11-25', accept)).status, 406, accept)
  })
})
