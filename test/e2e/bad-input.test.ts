import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { envelope, modernRequest, post, postLegacy, postModern, type RawResponse } from '../support/raw.ts'
import { type Call, other, plain, prompt, resource, textArguments } from '../support/sample-calls.ts'
import { openConnection } from '../support/socket.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
let url: URL
before(async () => {
  stack = await sharedStack()
  url = stack.server.mcpUrl
})

/** Fails on a server error, and on an error that contains a stack trace, a server path or a driver message. */
function assertSafe({ status, text, message }: RawResponse): void {
  assert.ok(status < 500, `status ${status}: ${text.slice(0, 200)}`)
  const failed = status >= 400 || message?.error !== undefined || message?.result?.isError === true
  if (failed)
    assert.doesNotMatch(text, /\bat \S+ \(|node_modules|\.js:\d+|postgres|ECONN|syntax error|SELECT /i)
}

const headersFor = (method: string, name?: string) => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
  ...(name && { 'mcp-name': name }),
})

describe('an invalid request', () => {
  const cases: [flaw: string, send: () => Promise<RawResponse>, status: number, code: number][] = [
    ['malformed JSON', () => post(url, '{"jsonrpc":'), 400, -32700],
    ['no body', () => post(url, ''), 400, -32700],
    ['not JSON-RPC', () => post(url, { hello: 'world' }), 400, -32600],
    [
      'a 5 MiB body',
      () =>
        post(
          url,
          modernRequest('tools/call', { ...plain.call, arguments: { text: 'x'.repeat(5 << 20) } }),
          headersFor('tools/call', plain.call.name),
        ),
      413,
      -32000,
    ],
    [
      'another media type',
      () =>
        post(url, modernRequest('tools/list'), { ...headersFor('tools/list'), 'content-type': 'text/plain' }),
      415,
      -32000,
    ],
    [
      'a header that names another method',
      () => post(url, modernRequest('tools/list'), headersFor('prompts/list')),
      400,
      -32020,
    ],
    [
      'a header that names another tool',
      () => post(url, modernRequest('tools/call', plain.call), headersFor('tools/call', other.call.name)),
      400,
      -32020,
    ],
    [
      'a revision that does not exist',
      () =>
        post(
          url,
          {
            ...modernRequest('tools/list'),
            params: { _meta: { ...envelope, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } },
          },
          { ...headersFor('tools/list'), 'mcp-protocol-version': '2099-01-01' },
        ),
      400,
      -32022,
    ],
    [
      'a modern header without the envelope',
      () => post(url, { jsonrpc: '2.0', id: 1, method: 'tools/list' }, headersFor('tools/list')),
      400,
      -32602,
    ],
    ['an unknown method', () => postModern(url, 'no/such/method'), 404, -32601],
    ['an unknown tool', () => postModern(url, 'tools/call', { name: 'nope', arguments: {} }), 200, -32602],
    [
      'an unknown tool, revision 2025-11-25',
      () => postLegacy(url, 'tools/call', { name: 'nope', arguments: {} }),
      200,
      -32602,
    ],
    ['a missing resource', () => postModern(url, 'resources/read', { uri: resource.absent }), 200, -32602],
    ['an invalid URI', () => postModern(url, 'resources/read', { uri: 'nope' }), 200, -32602],
    ...[2_049, 333_333, 1_010_000].flatMap((length): (typeof cases)[number][] => [
      [
        `a resource URI of ${length} characters, revision 2025-11-25`,
        () =>
          postLegacy(url, 'resources/read', {
            uri: resource.template.replace(/\{\w+\}/, 'a'.repeat(length)),
          }),
        200,
        -32602,
      ],
    ]),
    [
      'a resource URI that is long once encoded, revision 2025-11-25',
      () =>
        postLegacy(url, 'resources/read', {
          uri: `${resource.template.split('{')[0]}${'ü'.repeat(400_000)}`,
        }),
      200,
      -32602,
    ],
    [
      'a resource URI of 3000 characters',
      () =>
        postModern(url, 'resources/read', { uri: `${resource.template.split('{')[0]}${'a'.repeat(3_000)}` }),
      200,
      -32602,
    ],
    [
      'a prompt without its argument',
      () => postModern(url, 'prompts/get', { ...prompt.call, arguments: {} }),
      200,
      -32602,
    ],
  ]
  for (const [flaw, send, status, code] of cases) {
    it(`gets HTTP ${status} and JSON-RPC error ${code}: ${flaw}`, async () => {
      const answer = await send()
      assertSafe(answer)
      assert.equal(answer.status, status, answer.text.slice(0, 300))
      assert.equal(answer.message?.error?.code, code, answer.text.slice(0, 300))
      assert.ok(answer.message.error.message.length > 10)
      if (code === -32602) assert.equal(answer.message.id, 1)
    })
  }

  it('is rejected with 403 for a foreign Host or Origin header', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await postModern(url, 'tools/list', {}, headers)
      assertSafe(answer)
      assert.equal(answer.status, 403)
    }
    // fetch does not send a custom Host header, a raw socket does.
    const foreign = openConnection(
      stack.server.url,
      `POST /mcp HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
    )
    assert.match((await foreign.closed).text, /^HTTP\/1\.1 403 /)
    assert.equal((await postModern(url, 'tools/list', {}, { origin: stack.server.url })).status, 200)
  })

  it('is rejected with 405 for GET and DELETE, because there are no sessions', async () => {
    for (const method of ['GET', 'DELETE']) assert.equal((await fetch(url, { method })).status, 405)
  })
})

describe('a hostile query', () => {
  const queries = [
    '%',
    "'",
    "'; drop table documents; --",
    ':*',
    'a:*',
    '"unmatched',
    '\\',
    '<->',
    '(((',
    '&|!',
    '<script>alert(1)</script>',
    '../../etc/passwd',
    '\u202e',
    '😀'.repeat(100),
    '\ud800',
  ]
  for (const [tool, argument] of Object.entries(textArguments)) {
    it(`is treated as plain text by ${tool}`, async () => {
      for (const query of queries) {
        for (const send of [postModern, postLegacy]) {
          const answer = await send(url, 'tools/call', { name: tool, arguments: { [argument]: query } })
          assertSafe(answer)
          assert.notEqual(answer.message.result?.isError, true, `${query}: ${answer.text.slice(0, 300)}`)
        }
      }
    })
  }

  it('is rejected with the reason when it is empty, too long or contains NUL', async () => {
    const rejected: [string, RegExp][] = [
      ['', /must not be empty/],
      ['   ', /must not be empty/],
      ['word '.repeat(10_000), /must have at most 1000 characters/],
      ['a\0b', /must not contain a NUL character/],
    ]
    for (const [query, reason] of rejected) {
      for (const [name, argument] of Object.entries(textArguments)) {
        const answer = await postModern(url, 'tools/call', { name, arguments: { [argument]: query } })
        assertSafe(answer)
        assert.equal(answer.message.result.isError, true)
        assert.match(answer.message.result.content[0].text, reason)
        assert.ok(answer.message.result.content[0].text.includes(`${argument}: `))
      }
    }
  })

  it('is handled safely in every other text field', async () => {
    for (const text of [...queries, '\0', 'x'.repeat(100_000)]) {
      assertSafe(await postModern(url, 'tools/call', withAllArguments(plain.call, text)))
      assertSafe(
        await post(
          url,
          modernRequest('resources/read', { uri: resource.template.replace(/\{\w+\}/, () => text) }),
          headersFor('resources/read'),
        ),
      )
      assertSafe(
        await postModern(url, 'completion/complete', {
          ref: { type: 'ref/resource', uri: resource.template },
          argument: { ...resource.argument, value: text },
        }),
      )
      assertSafe(
        await postModern(url, 'completion/complete', {
          ref: { type: 'ref/prompt', name: prompt.call.name },
          argument: { name: Object.keys(prompt.call.arguments)[0], value: text },
        }),
      )
      assertSafe(
        await postModern(url, 'prompts/get', withAllArguments(prompt.call, text), {
          'mcp-name': prompt.call.name,
        }),
      )
      assertSafe(await postModern(url, 'resources/list', { cursor: text }))
    }
  })

  it('does not break later calls and logs no error', async () => {
    const answer = await postModern(url, 'tools/call', plain.call)
    assert.match(answer.text, plain.answer)
    const failures = stack.server.lines.filter((line) => line.level === 'error')
    assert.deepEqual(failures, [])
  })
})

/** The call with `text` as the value of every argument. */
const withAllArguments = (call: Call, text: string) => ({
  ...call,
  arguments: Object.fromEntries(Object.keys(call.arguments).map((name) => [name, text])),
})
