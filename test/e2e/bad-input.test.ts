import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { envelope, modernRequest, post, postLegacy, postModern, type RawResponse } from '../support/raw.ts'
import { type Call, other, plain, prompt, resource, textArguments } from '../support/sample-calls.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
let url: URL
before(async () => {
  stack = await sharedStack()
  url = stack.server.mcpUrl
})

/** No answer is the server's fault, and no error holds a stack, a path of the server or a driver's own words. */
function isSafe({ status, text, message }: RawResponse): void {
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

describe('a request that is not right', () => {
  const cases: [what: string, send: () => Promise<RawResponse>, status: number, code: number][] = [
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
      'an unknown tool of a 2025 client',
      () => postLegacy(url, 'tools/call', { name: 'nope', arguments: {} }),
      200,
      -32602,
    ],
    ['a missing resource', () => postModern(url, 'resources/read', { uri: resource.absent }), 200, -32602],
    ['a URI that is none', () => postModern(url, 'resources/read', { uri: 'nope' }), 200, -32602],
    [
      'a prompt without its argument',
      () => postModern(url, 'prompts/get', { ...prompt.call, arguments: {} }),
      200,
      -32602,
    ],
  ]
  for (const [what, send, status, code] of cases) {
    it(`is answered by the protocol's own error: ${what}`, async () => {
      const answer = await send()
      isSafe(answer)
      assert.equal(answer.status, status, answer.text.slice(0, 300))
      assert.equal(answer.message?.error?.code, code, answer.text.slice(0, 300))
      assert.ok(answer.message.error.message.length > 10)
    })
  }

  it('is refused for a host name or an origin that is not ours', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await postModern(url, 'tools/list', {}, headers)
      isSafe(answer)
      assert.equal(answer.status, 403)
    }
    // fetch does not let a test choose the Host header, curl's way is a raw socket.
    assert.match(
      await raw(
        `POST /mcp HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
      ),
      /^HTTP\/1\.1 403 /,
    )
    assert.equal((await postModern(url, 'tools/list', {}, { origin: stack.server.url })).status, 200)
  })

  it('gets no session to open or end', async () => {
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
    it(`is just text to ${tool}`, async () => {
      for (const query of queries) {
        for (const send of [postModern, postLegacy]) {
          const answer = await send(url, 'tools/call', { name: tool, arguments: { [argument]: query } })
          isSafe(answer)
          assert.notEqual(answer.message.result?.isError, true, `${query}: ${answer.text.slice(0, 300)}`)
        }
      }
    })
  }

  it('is refused with a reason when it is empty, huge or holds a NUL', async () => {
    const refused: [string, RegExp][] = [
      ['', /must not be empty/],
      ['   ', /must not be empty/],
      ['word '.repeat(10_000), /must have at most 1000 characters/],
      ['a\0b', /must not contain a NUL character/],
    ]
    for (const [query, reason] of refused) {
      for (const [name, argument] of Object.entries(textArguments)) {
        const answer = await postModern(url, 'tools/call', { name, arguments: { [argument]: query } })
        isSafe(answer)
        assert.equal(answer.message.result.isError, true)
        assert.match(answer.message.result.content[0].text, reason)
        assert.ok(answer.message.result.content[0].text.includes(`${argument}: `))
      }
    }
  })

  it('in every other place is answered safely too', async () => {
    for (const text of [...queries, '\0', 'x'.repeat(100_000)]) {
      isSafe(await postModern(url, 'tools/call', argumentsAll(plain.call, text)))
      isSafe(
        await post(
          url,
          modernRequest('resources/read', { uri: resource.template.replace(/\{\w+\}/, () => text) }),
          headersFor('resources/read'),
        ),
      )
      isSafe(
        await postModern(url, 'completion/complete', {
          ref: { type: 'ref/resource', uri: resource.template },
          argument: { ...resource.argument, value: text },
        }),
      )
      isSafe(
        await postModern(url, 'completion/complete', {
          ref: { type: 'ref/prompt', name: prompt.call.name },
          argument: { name: Object.keys(prompt.call.arguments)[0], value: text },
        }),
      )
      isSafe(
        await postModern(url, 'prompts/get', argumentsAll(prompt.call, text), {
          'mcp-name': prompt.call.name,
        }),
      )
      isSafe(await postModern(url, 'resources/list', { cursor: text }))
    }
  })

  it('changes and breaks nothing', async () => {
    const answer = await postModern(url, 'tools/call', plain.call)
    assert.match(answer.text, plain.answer)
    const failures = stack.server.lines.filter((line) => line.level === 'error')
    assert.deepEqual(failures, [])
  })
})

/** The same call with this text for every argument. */
const argumentsAll = (call: Call, text: string) => ({
  ...call,
  arguments: Object.fromEntries(Object.keys(call.arguments).map((name) => [name, text])),
})

async function raw(request: string): Promise<string> {
  const { connect } = await import('node:net')
  const { hostname, port } = new URL(stack.server.url)
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(Number(port), hostname, () => socket.write(request))
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')))
    socket
      .on('data', (chunk) => {
        received += chunk
      })
      .on('end', () => resolve(received))
      .on('error', reject)
  })
}
