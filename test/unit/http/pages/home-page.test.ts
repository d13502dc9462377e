import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { service } from '../../../../src/config/package.ts'
import { type AuthMode, clientSetups, isPublicHttps } from '../../../../src/http/pages/client-setup.ts'
import { exampleCall, renderHome, type ShownTool } from '../../../../src/http/pages/home-page.ts'
import { argumentsOf, renderField } from '../../../../src/http/pages/tool-form.ts'
import { callLinks } from '../../../../src/http/pages/watch-links.ts'
import { discoverCatalog } from '../../../../src/mcp/catalog.ts'
import { defineTool } from '../../../../src/mcp/define/define-tool.ts'
import { describeTool } from '../../../../src/mcp/define/describe-tool.ts'

let tools: ShownTool[]
before(async () => {
  tools = (await discoverCatalog(new URL('../../../../src/', import.meta.url))).tools.map(describeTool)
})

describe('clientSetups', () => {
  const url = 'http://localhost:8080/mcp'

  it('matches the client guide', () => {
    const guide = readFileSync('docs/guides/connect-a-client.md', 'utf8')
    const blocks = [...guide.matchAll(/```\w+\n([\s\S]*?)\n```/g)].map(([, text]) => text)
    const [, tool = '', argumentsJson = ''] = /"name":"(\w+)","arguments":(\{[^}]*\})/.exec(guide) ?? []
    const selected = exampleCall(tools)
    assert.ok(tools.some(({ name, effect }) => name === selected?.tool && effect === 'read'))
    const example = { tool, arguments: JSON.parse(argumentsJson) }
    for (const { client, text } of clientSetups({ name: service.name, url, authMode: 'none' }, example)) {
      assert.ok(guide.includes(`\n## ${client}\n`), `the guide has no section ${client}`)
      assert.ok(blocks.includes(text), `the guide has a different text for ${client}:\n${text}`)
    }
  })

  it('refers to credentials by variable, never by value', () => {
    for (const authMode of ['api-key', 'oauth'] as const) {
      const texts = clientSetups({ name: 'x', url, authMode }).map(({ text }) => text)
      const bearers = texts.flatMap((text) => text.match(/Bearer [^"]+/g) ?? [])
      const expected = authMode === 'api-key' ? 11 : 2
      assert.equal(bearers.length, expected, texts.join('\n'))
      for (const bearer of bearers)
        assert.match(
          bearer,
          /^Bearer (\$(MCP_TOKEN|\{env:MCP_TOKEN\}|\{input:token\}|\{\{ secrets\.MCP_TOKEN \}\})|<key>)$/,
        )
    }
  })

  it('is valid in the format of each file, with the key that the client reads the URL from', () => {
    const textOf = (client: string, authMode: AuthMode) =>
      clientSetups({ name: 'x', url, authMode }).find((setup) => setup.client === client)?.text ?? ''
    const urls = (authMode: AuthMode) => {
      const text = (client: string) => textOf(client, authMode)
      return {
        'VS Code': JSON.parse(text('VS Code')).servers.x.url,
        Cursor: JSON.parse(text('Cursor')).mcpServers.x.url,
        Codex: (parseToml(text('Codex')) as { mcp_servers: { x: { url: string } } }).mcp_servers.x.url,
        'Gemini CLI': JSON.parse(text('Gemini CLI')).mcpServers.x.httpUrl,
        Windsurf: JSON.parse(text('Windsurf')).mcpServers.x.serverUrl,
        Zed: JSON.parse(text('Zed')).context_servers.x.url,
        Cline: JSON.parse(text('Cline')).mcpServers.x.url,
        Continue: parseYaml(text('Continue')).mcpServers[0].url,
      }
    }
    for (const authMode of ['none', 'api-key'] as const)
      for (const [client, address] of Object.entries(urls(authMode))) assert.equal(address, url, client)
    assert.match(textOf('Codex', 'api-key'), /^bearer_token_env_var = "MCP_TOKEN"$/m)
    const { headers } = parseYaml(textOf('Continue', 'api-key')).mcpServers[0].requestOptions
    assert.deepEqual(headers, { Authorization: `Bearer \${{ secrets.MCP_TOKEN }}` })
  })

  it('escapes arguments for the shell and lists tools where no example call exists', () => {
    const curl = (example?: Parameters<typeof clientSetups>[1]) =>
      clientSetups({ name: 'x', url, authMode: 'none' }, example).at(-1)?.text ?? ''
    assert.match(curl({ tool: 't', arguments: { q: "it's" } }), /"q":"it'\\''s"/)
    assert.match(curl(), /"method":"tools\/list"/)
  })
})

describe('isPublicHttps', () => {
  it('accepts only public HTTPS URLs', () => {
    assert.ok(isPublicHttps('https://mcp.example.com/mcp'))
    for (const address of [
      'http://mcp.example.com/mcp',
      'https://localhost/mcp',
      'https://127.0.0.1:8443/mcp',
    ])
      assert.ok(!isPublicHttps(address), address)
  })
})

describe('tool form', () => {
  const input = z.object({
    word: z.string().min(2).max(40).describe('A "word"'),
    essay: z.string().max(20_000),
    count: z.int().min(1).max(9).default(3),
    ratio: z.number().optional(),
    loud: z.boolean().default(true),
    colour: z.enum(['red', 'green']).optional(),
    tags: z.array(z.string()).max(4).default([]),
    nested: z.object({ a: z.string() }),
  })
  const tool = defineTool({
    name: 'shape',
    title: 'Shape',
    description: '<b>',
    effect: 'read',
    scopes: ['x'],
    timeoutMs: 1,
    input,
    output: z.object({}),
    run: async () => ({}),
  })
  const field = (name: string) => {
    const argument = argumentsOf(describeTool(tool).inputSchema).find((found) => found.name === name)
    assert.ok(argument)
    return renderField('shape', argument)
  }

  it('lists required arguments first', () => {
    const names = argumentsOf(describeTool(tool).inputSchema).map(({ name }) => name)
    assert.deepEqual(names.slice(0, 3), ['word', 'essay', 'nested'])
  })

  it('renders a control for every type with the limits of the schema', () => {
    assert.match(field('word'), /<input type="text"[^>]* required [^>]*minlength="2" maxlength="40"/)
    assert.match(field('word'), /aria-describedby="shape-word-hint"[\s\S]*A &#34;word&#34;/)
    assert.match(field('essay'), /<textarea rows="6"/)
    assert.match(field('count'), /type="number"[^>]*step="1" min="1" max="9" value="3"[\s\S]*1 to 9/)
    assert.match(field('ratio'), /type="number"[^>]*step="any"/)
    assert.match(field('loud'), /type="checkbox"[^>]* checked/)
    assert.match(field('colour'), /<select[^>]*><option value=""><\/option><option>red<\/option>/)
    assert.match(field('tags'), /<textarea[^>]*data-type="list"[\s\S]*one per line, at most 4/)
    assert.match(field('nested'), /<textarea[^>]* required [^>]*data-type="json"/)
    for (const name of Object.keys(input.shape)) {
      const optional = field(name).includes('>optional<')
      assert.notEqual(optional, field(name).includes('>required<'), name)
      assert.match(field(name), new RegExp(`<label for="shape-${name}">`))
    }
  })
})

describe('renderHome', () => {
  const options = () => ({
    server: { ...service, description: 'A test server' },
    publicUrl: 'https://mcp.example.com',
    authMode: 'none' as const,
    tools,
    watch: { grafana: undefined, prometheus: undefined, alertmanager: undefined },
    opsHere: true,
  })

  it('lists every tool and escapes text from schemas', () => {
    const hostile = {
      ...tools[0],
      name: 'h',
      title: '<script>',
      description: '<img src=x>',
    } as ShownTool
    const html = renderHome({ ...options(), tools: [...tools, hostile] }, { database: true })
    for (const { name } of tools) assert.ok(html.includes(`data-tool="${name}"`), name)
    assert.doesNotMatch(html, /<script>|<img/)
  })

  it('renders a credential field only with authentication', () => {
    assert.doesNotMatch(renderHome(options(), {}), /id="credential"/)
    assert.match(
      renderHome({ ...options(), authMode: 'api-key' }, {}),
      /API key[\s\S]*type="password" id="credential"/,
    )
    assert.match(renderHome({ ...options(), authMode: 'oauth' }, {}), /Access token/)
  })

  it('links only to configured monitoring tools and reachable ops endpoints', () => {
    const bare = renderHome({ ...options(), opsHere: false }, {})
    assert.doesNotMatch(bare, /Grafana|Alertmanager|href="\/metrics"|data-trace-link/)
    const watched = renderHome(
      { ...options(), watch: { grafana: 'https://g', prometheus: 'https://p', alertmanager: 'https://a' } },
      {},
    )
    for (const href of ['https://g', 'https://p', 'https://a', '/metrics', '/health'])
      assert.ok(watched.includes(`href="${href}"`), href)
  })
})

describe('callLinks', () => {
  it('links to one trace and one log line in Grafana', () => {
    const { trace, log } = callLinks('https://g')
    const panes = (link: string) =>
      JSON.parse(new URL(link.replaceAll('{trace_id}', 'abc')).searchParams.get('panes') ?? '').call
    assert.deepEqual(panes(trace).queries[0].query, 'abc')
    assert.equal(panes(trace).datasource, 'tempo')
    assert.equal(panes(log).queries[0].expr, '{service_name=~".+"} | trace_id="abc"')
    const provisioned = readFileSync('grafana/provisioning/datasources/datasources.yml', 'utf8')
    for (const { datasource } of [panes(trace), panes(log)])
      assert.ok(provisioned.includes(`uid: ${datasource}\n`), datasource)
  })
})
