import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { ContentBlock } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { definePrompt } from '../../src/mcp/define/define-prompt.ts'
import { defineResource } from '../../src/mcp/define/define-resource.ts'
import { defineTool, type Tool } from '../../src/mcp/define/define-tool.ts'
import { callTool } from '../support/call-tool.ts'
import { connectors } from '../support/clients.ts'
import { postLegacy, postModern } from '../support/raw.ts'
import { type ServedCatalog, serveCatalog } from '../support/served-catalog.ts'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const image = { type: 'image', data: png.toString('base64'), mimeType: 'image/png' } as const
const audio = { type: 'audio', data: Buffer.from('RIFF').toString('base64'), mimeType: 'audio/wav' } as const
const link = { type: 'resource_link', uri: 'chart://one', name: 'one', mimeType: 'image/png' } as const
const embedded = {
  type: 'resource',
  resource: { uri: 'note://one', mimeType: 'text/plain', text: 'A note.' },
} as const
const embeddedBlob = {
  type: 'resource',
  resource: { uri: 'chart://one', mimeType: 'image/png', blob: image.data },
} as const
const forUser = {
  type: 'text',
  text: 'For the user.',
  annotations: { audience: ['user'], priority: 0.8 },
  _meta: { 'example.org/part': 1 },
} satisfies ContentBlock

const base = {
  title: 'A kind of result',
  description: 'Returns one kind of result.',
  effect: 'read',
  scopes: ['data:read'],
  input: z.object({}),
} as const
const output = z.object({ points: z.array(z.int()) })
const points = { points: [1, 2] }
const pointsText = { type: 'text', text: JSON.stringify(points) } as const

let runs = 0
/** Each kind of result, and what the client receives. */
const kinds: Record<string, { tool: Tool<z.ZodObject>; content: object[]; more?: object }> = {
  object: {
    tool: defineTool({ ...base, name: 'object', output, run: async () => points }),
    content: [pointsText],
    more: { structuredContent: points },
  },
  object_and_content: {
    tool: defineTool({
      ...base,
      name: 'object_and_content',
      output,
      run: async () => ({
        structuredContent: points,
        content: [image, { ...link, annotations: { audience: ['assistant'], priority: 1 } }],
        _meta: { 'example.org/unit': 'ms' },
      }),
    }),
    content: [pointsText, image, { ...link, annotations: { audience: ['assistant'], priority: 1 } }],
    more: { structuredContent: points, _meta: { 'example.org/unit': 'ms' } },
  },
  text: {
    tool: defineTool({ ...base, name: 'text', run: async () => 'Plain text.' }),
    content: [{ type: 'text', text: 'Plain text.' }],
  },
  image: { tool: defineTool({ ...base, name: 'image', run: async () => [image] }), content: [image] },
  audio: { tool: defineTool({ ...base, name: 'audio', run: async () => [audio] }), content: [audio] },
  link: { tool: defineTool({ ...base, name: 'link', run: async () => [link] }), content: [link] },
  embedded: {
    tool: defineTool({ ...base, name: 'embedded', run: async () => [embedded, embeddedBlob] }),
    content: [embedded, embeddedBlob],
  },
  several: {
    tool: defineTool({
      ...base,
      name: 'several',
      run: async () => ({ content: [forUser, image, link], _meta: { 'example.org/pages': 3 } }),
    }),
    content: [forUser, image, link],
    more: { _meta: { 'example.org/pages': 3 } },
  },
  third_party: {
    tool: defineTool({ ...base, name: 'third_party', openWorld: true, run: async () => [forUser, image] }),
    content: [
      { ...forUser, _meta: { ...forUser._meta, 'observable-mcp-server/third-party-text': true } },
      { ...image, _meta: { 'observable-mcp-server/third-party-text': true } },
    ],
  },
}

const cachedTools = [
  defineTool({
    ...base,
    name: 'cached_content',
    cache: { ttlSeconds: 60, share: 'public', unless: ({ content }) => content.length === 0 },
    run: async () => ({ content: [forUser, image, embeddedBlob], _meta: { 'example.org/run': ++runs } }),
  }),
  defineTool({
    ...base,
    name: 'cached_object',
    output,
    cache: { ttlSeconds: 60, share: 'caller', unless: ({ points }) => points.length === 0 },
    run: async () => ({ structuredContent: points, content: [image], _meta: { 'example.org/run': ++runs } }),
  }),
  defineTool({
    ...base,
    name: 'not_cached',
    output,
    cache: { ttlSeconds: 60, share: 'public', unless: ({ points }) => points.length > 0 },
    run: async () => ({ structuredContent: points, _meta: { 'example.org/run': ++runs } }),
  }),
]

const invalid = defineTool({ ...base, name: 'invalid', run: async () => [{ ...image, data: 'not base64!' }] })

const prompt = definePrompt({
  name: 'turns',
  title: 'Turns',
  description: 'A dialogue with a document.',
  scopes: ['data:read'],
  args: z.object({ topic: z.string() }),
  run: async ({ topic }) => [
    { role: 'user', content: { type: 'text', text: `Explain ${topic}.` } },
    { role: 'assistant', content: { type: 'text', text: 'Which part?' } },
    { role: 'user', content: embedded },
    { role: 'user', content: image },
  ],
})
const plainPrompt = definePrompt({ ...prompt, name: 'plain', run: async () => 'Explain it.' })
const period = definePrompt({
  ...prompt,
  name: 'period',
  args: z
    .strictObject({ from: z.string().optional().describe('The first day.'), to: z.string() })
    .refine(({ from = '', to }) => from <= to, 'from must not be after to'),
  complete: { from: async (value) => [`${value}b`] },
  run: async () => 'Report it.',
})

const charts = defineResource({
  name: 'chart',
  title: 'Charts',
  description: 'Charts as images.',
  mimeType: 'image/png',
  uriTemplate: 'chart://{folder}/{+path}',
  scopes: ['data:read'],
  ttlSeconds: 60,
  list: async () => ({ resources: [{ uri: 'chart://a/one', name: 'one' }] }),
  // A view into a larger buffer, whose other bytes must not be sent.
  read: async ({ folder, path }) =>
    folder === 'a' && path === 'one' ? Buffer.concat([png, png]).subarray(png.length) : undefined,
})

const notes = defineResource({
  ...charts,
  name: 'note',
  uriTemplate: 'note://{id}',
  read: async ({ id }) => id,
  complete: { id: async (value) => [`${value}b`] },
})

const initialize = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1.0.0' },
}

let served: ServedCatalog
before(async () => {
  const tools = [...Object.values(kinds).map(({ tool }) => tool), ...cachedTools, invalid]
  served = await serveCatalog({ tools, prompts: [prompt, plainPrompt, period], resources: [charts, notes] })
})

for (const [client, connect] of Object.entries(connectors)) {
  describe(`results with the ${client}`, () => {
    for (const [kind, { tool, content, more = {} }] of Object.entries(kinds)) {
      it(`has a result of kind ${kind}`, async () => {
        const { listTools, callTool: call } = await bound(connect)
        const listed = (await listTools()).tools.find(({ name }) => name === kind)
        assert.equal(listed?.outputSchema !== undefined, tool.output !== undefined)
        const { content: received, structuredContent, _meta } = await call({ name: kind, arguments: {} })
        // 2026-07-28 adds the server's name and version.
        const { 'io.modelcontextprotocol/serverInfo': _server, ...own } = _meta ?? {}
        assert.deepEqual(
          {
            content: received,
            ...(structuredContent !== undefined && { structuredContent }),
            ...(Object.keys(own).length > 0 && { _meta: own }),
          },
          { content, ...more },
        )
      })
    }

    it('has a prompt with turns of the assistant, an embedded resource and an image', async () => {
      const { getPrompt } = await bound(connect)
      const { messages } = await getPrompt({ name: 'turns', arguments: { topic: 'drains' } })
      assert.deepEqual(messages, await prompt.run({ topic: 'drains' }, {} as never))
      assert.deepEqual((await getPrompt({ name: 'plain', arguments: { topic: 'x' } })).messages, [
        { role: 'user', content: { type: 'text', text: 'Explain it.' } },
      ])
    })

    it('has a prompt whose schema applies in full, with completion of an optional argument', async () => {
      const { getPrompt, listPrompts, complete } = await bound(connect)
      const get = (args: Record<string, string>) => getPrompt({ name: 'period', arguments: args })
      assert.equal((await get({ from: '1', to: '2' })).messages.length, 1)
      await assert.rejects(get({ from: '2', to: '1' }), /from must not be after to/)
      await assert.rejects(get({ to: '1', until: '2' }), /until/)
      const listed = (await listPrompts()).prompts.find(({ name }) => name === 'period')
      assert.deepEqual(listed?.arguments, [
        { name: 'from', description: 'The first day.', required: false },
        { name: 'to', required: true },
      ])
      const ref = { type: 'ref/prompt', name: 'period' } as const
      const { completion } = await complete({ ref, argument: { name: 'from', value: 'a' } })
      assert.deepEqual(completion.values, ['ab'])
    })

    it('has a resource whose URI has percent-encoded values', async () => {
      const { readResource } = await bound(connect)
      for (const [uri, id] of [
        ['note://caf%C3%A9', 'café'],
        ['note://café', 'café'],
        ['note://100%', '100%'],
      ] as const) {
        const [content] = (await readResource({ uri })).contents
        assert.equal(content && 'text' in content && content.text, id, uri)
      }
    })

    it('has a resource with binary content, and no completion for one without it', async () => {
      const { readResource, complete } = await bound(connect)
      const { contents } = await readResource({ uri: 'chart://a/one' })
      assert.deepEqual(contents, [{ uri: 'chart://a/one', mimeType: 'image/png', blob: image.data }])
      const completions = async (uri: string, name: string) =>
        (await complete({ ref: { type: 'ref/resource', uri }, argument: { name, value: 'a' } })).completion
          .values
      assert.deepEqual(await completions('chart://{folder}/{+path}', 'folder'), [])
      assert.deepEqual(await completions('note://{id}', 'id'), ['ab'])
    })
  })
}

/** A client's methods, each bound to it. */
async function bound(connect: (typeof connectors)[keyof typeof connectors]) {
  const client = await connect(served.url)
  return {
    listTools: () => client.listTools(),
    callTool: (params: Parameters<typeof client.callTool>[0]) => client.callTool(params),
    listPrompts: () => client.listPrompts(),
    getPrompt: (params: Parameters<typeof client.getPrompt>[0]) => client.getPrompt(params),
    readResource: (params: Parameters<typeof client.readResource>[0]) => client.readResource(params),
    complete: (params: Parameters<typeof client.complete>[0]) => client.complete(params),
  }
}

describe('a result with content', () => {
  const call = async (name: string) =>
    (await connectors['v2 client, 2026-07-28'](served.url)).callTool({ name, arguments: {} })

  for (const { name } of cachedTools.slice(0, 2))
    it(`is the same from the cache (${name})`, async () => {
      const [first, second] = [await call(name), await call(name)]
      assert.deepEqual(second, first)
      const outcomes = served.records.filter(({ target }) => target === name).map(({ cache }) => cache)
      assert.deepEqual(outcomes, ['miss', 'hit'])
    })

  it('is not cached if `unless` says so', async () => {
    const run = async () => (await call('not_cached'))._meta?.['example.org/run']
    assert.notEqual(await run(), await run())
  })

  it('counts with its bytes in log and metric', async () => {
    await call('several')
    const line = served.lines.findLast((line) => line['gen_ai.tool.name'] === 'several')
    const bytes = Buffer.byteLength(JSON.stringify(kinds.several?.content))
    assert.deepEqual([line?.result_bytes, line?.outcome], [bytes, 'success'])
    const calls = served.records.filter(({ target }) => target === 'several').length
    const text = await served.metrics()
    assert.ok(text.includes(`mcp_tool_result_bytes_sum{tool_name="several"} ${bytes * calls}`), text)
  })

  it('is recorded for traces with the size of its binary data', async () => {
    await call('object_and_content')
    await call('embedded')
    const resultOf = (name: string) =>
      JSON.stringify(served.records.findLast((r) => r.target === name)?.result)
    for (const name of ['object_and_content', 'embedded']) {
      assert.ok(!resultOf(name).includes(image.data.slice(0, 20)))
      assert.ok(resultOf(name).includes(`[${png.length} bytes]`), resultOf(name))
    }
    assert.match(resultOf('embedded'), /A note\./)
  })

  it('fails with internal if it is invalid, and the log has the reason', async () => {
    const result = await call('invalid')
    assert.equal(result.isError, true)
    assert.match(JSON.stringify(result.content), /internal: invalid returned output that does not match/)
    const line = served.lines.findLast((line) => line['gen_ai.tool.name'] === 'invalid')
    assert.equal(line?.level, 'error')
    assert.match(JSON.stringify(line?.error), /must be content of the protocol/)
  })
})

describe('completion', () => {
  it('is a capability of the server only if a definition has it', async () => {
    for (const [resources, expected] of [
      [[charts], undefined],
      [[charts, notes], {}],
    ] as const) {
      const { url } = await serveCatalog({ resources })
      for (const send of [
        () => postModern(url, 'server/discover'),
        () => postLegacy(url, 'initialize', initialize),
      ])
        assert.deepEqual((await send()).message.result.capabilities.completions, expected)
    }
  })
})

describe('callTool', () => {
  it('returns each kind of result as the client receives it', async () => {
    for (const { tool, content, more = {} } of Object.values(kinds))
      assert.deepEqual((await callTool(tool, {})).response, { content, ...more }, tool.name)
  })

  it('types the output by the schema', async () => {
    const structured = defineTool({ ...base, name: 'structured', output, run: async () => points })
    const numbers: number[] = (await callTool(structured, {})).result.points
    assert.deepEqual(numbers, [1, 2])
    const plain = defineTool({ ...base, name: 'plain', run: async () => 'text' })
    const nothing: undefined = (await callTool(plain, {})).result
    assert.equal(nothing, undefined)
  })
})

describe('definitions', () => {
  it('reject results and variables of the wrong type at compile time', () => {
    const wrong = [
      // @ts-expect-error an output schema asks for its output.
      () => defineTool({ ...base, name: 'a', output, run: async () => 'text' }),
      // @ts-expect-error without an output schema there is no structured content.
      () => defineTool({ ...base, name: 'b', run: async () => ({ points: [1] }) }),
      // @ts-expect-error content has a known type.
      () => defineTool({ ...base, name: 'c', run: async () => [{ type: 'video', data: '' }] }),
      // @ts-expect-error the template has no variable `id`.
      () => defineResource({ ...charts, uriTemplate: 'chart://{name}', read: async ({ id }) => id }),
      // @ts-expect-error the template has no variable `id`.
      () => defineResource({ ...charts, uriTemplate: 'chart://{name}', complete: { id: async () => [] } }),
    ]
    assert.equal(wrong.length, 5)
  })

  it('reject an output schema whose field would be read as a result', () => {
    const ambiguous = z.object({ structuredContent: z.string() })
    assert.throws(
      () =>
        defineTool({
          ...base,
          name: 'd',
          output: ambiguous,
          run: async () => ({ structuredContent: 'x' }) as never,
        }),
      /Tool d: an output schema cannot have the field "structuredContent"/,
    )
  })
})
