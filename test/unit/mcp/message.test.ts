import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JSONRPCMessage } from '@modelcontextprotocol/server'
import { type Body, parseBody } from '../../../src/mcp/message.ts'
import { toInvalidParamsError } from '../../../src/mcp/sdk/invalid-params.ts'

const bodyOf = (text: string): Body => {
  const body = parseBody(text)
  assert.notEqual(body, 'too deep')
  return body as Body
}
const jsonOf = (text: string) => bodyOf(text).json

describe('parseBody', () => {
  it('reads each message of a batch independently of invalid ones', () => {
    const call = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'search', arguments: {} } }
    const parsed = { method: 'tools/call', params: call.params, id: 7, name: 'search' }
    const empty = { method: '', params: {}, id: undefined, name: undefined }
    assert.deepEqual(bodyOf(JSON.stringify(call)).single, parsed)
    const batch = bodyOf(JSON.stringify([call, null, 1, { method: 2, id: {}, params: { name: 3 } }]))
    assert.equal(batch.single, undefined)
    assert.deepEqual(batch.messages, [parsed, empty, empty, { ...empty, params: { name: 3 } }])
  })

  it('detects a subscription, but not one inside a batch', () => {
    const listen = '{"method":"subscriptions/listen","id":1}'
    assert.equal(bodyOf(listen).isListen, true)
    assert.equal(bodyOf(`[${listen}]`).isListen, false)
  })

  it('returns the JSON value, and undefined for malformed JSON', () => {
    assert.deepEqual(jsonOf('{"a":[1]}'), { a: [1] })
    for (const text of ['', '{', 'nul', '{"a":1}x']) assert.equal(jsonOf(text), undefined)
  })

  it('rejects JSON nested deeper than 100 levels, even if incomplete', () => {
    const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)
    assert.ok(parseBody(nested(100, '[', ']')) !== 'too deep')
    assert.equal(parseBody(nested(101, '[', ']')), 'too deep')
    assert.equal(parseBody('['.repeat(101)), 'too deep')
    assert.equal(parseBody('{"a":'.repeat(101)), 'too deep')
    assert.equal(parseBody('[{"b":'.repeat(51)), 'too deep')
  })

  it('rejects more than 10,000 values, wherever they are, before it parses them', () => {
    const list = (length: number) => `[${Array(length).fill('0').join()}]`
    assert.ok(typeof parseBody(list(9_990)) === 'object')
    assert.equal(parseBody(list(10_001)), 'too many values')
    assert.equal(
      parseBody(`{${Array.from({ length: 10_001 }, (_, n) => `"k${n}":0`).join()}}`),
      'too many values',
    )
    assert.equal(parseBody(`[${Array(5_001).fill('{}').join()}]`), 'too many values')
    assert.ok(typeof parseBody(JSON.stringify({ text: ',[{'.repeat(10_000) })) === 'object')
  })

  it('ignores brackets in strings and allows long arrays', () => {
    for (const json of [['['.repeat(500)], { '{"[': '\\"[[[' }, Array.from({ length: 500 }, () => [[]])])
      assert.deepEqual(jsonOf(JSON.stringify(json)), json)
  })
})

describe('toInvalidParamsError', () => {
  const failed = (message: string, code = -32603): JSONRPCMessage => ({
    jsonrpc: '2.0',
    id: 1,
    error: { code, message },
  })
  const report = (count: number) =>
    JSON.stringify(
      Array.from({ length: count }, (_one, index) => ({
        code: 'invalid_type',
        path: ['params', index],
        message: 'Invalid input: expected string, received number',
      })),
    )

  it("converts a validator's report into a -32602 error with path and rule", () => {
    const { error } = toInvalidParamsError(failed(report(7))) as { error: { code: number; message: string } }
    assert.equal(error.code, -32602)
    assert.match(error.message, /^Invalid params: params\.0: Invalid input: .*; params\.4: .*; and 2 more$/)
  })

  it('returns every other message unchanged', () => {
    const others = [
      failed('internal: Something went wrong'),
      failed('[not JSON'),
      failed('[{"path":"a","message":"b"}]'),
      failed('{"path":[],"message":"b"}'),
      failed(report(1), -32602),
      { jsonrpc: '2.0', id: 1, result: {} } as JSONRPCMessage,
    ]
    for (const message of others) assert.equal(toInvalidParamsError(message), message)
  })
})
