import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JSONRPCMessage } from '@modelcontextprotocol/server'
import { parseBody } from '../../../src/mcp/message.ts'
import { blameParams } from '../../../src/mcp/sdk/invalid-params.ts'

describe('parseBody', () => {
  it('gives what the JSON says, and nothing for what is none', () => {
    assert.deepEqual(parseBody('{"a":[1]}'), { json: { a: [1] } })
    for (const text of ['', '{', 'nul', '{"a":1}x']) assert.deepEqual(parseBody(text), { json: undefined })
  })

  it('refuses what is nested deeper than 100 levels, of whatever kind, complete or not', () => {
    const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)
    assert.ok(parseBody(nested(100, '[', ']')) !== 'too deep')
    assert.equal(parseBody(nested(101, '[', ']')), 'too deep')
    assert.equal(parseBody('['.repeat(101)), 'too deep')
    assert.equal(parseBody('{"a":'.repeat(101)), 'too deep')
    assert.equal(parseBody('[{"b":'.repeat(51)), 'too deep')
  })

  it('takes brackets in texts for text, and wide for not deep', () => {
    for (const json of [['['.repeat(500)], { '{"[': '\\"[[[' }, Array.from({ length: 500 }, () => [[]])])
      assert.deepEqual(parseBody(JSON.stringify(json)), { json })
  })
})

describe('blameParams', () => {
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

  it("makes of a validator's report the caller's mistake, by place and rule", () => {
    const { error } = blameParams(failed(report(7))) as { error: { code: number; message: string } }
    assert.equal(error.code, -32602)
    assert.match(error.message, /^Invalid params: params\.0: Invalid input: .*; params\.4: .*; and 2 more$/)
  })

  it('leaves every other message as it is', () => {
    const others = [
      failed('internal: Something went wrong'),
      failed('[not JSON'),
      failed('[{"path":"a","message":"b"}]'),
      failed('{"path":[],"message":"b"}'),
      failed(report(1), -32602),
      { jsonrpc: '2.0', id: 1, result: {} } as JSONRPCMessage,
    ]
    for (const message of others) assert.equal(blameParams(message), message)
  })
})
