/** Uses a running server the way the MCP Inspector does: `tsx test/inspector/run.ts http://localhost:8080/mcp` */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { boundedBy } from '../conformance/command.ts'
import { createInspector, eras, type Inspector } from './inspector.ts'

interface Listed {
  readonly name: string
  readonly [field: string]: unknown
}

const checks: Readonly<Record<string, (inspector: Inspector) => Promise<void>>> = {
  async 'lists tools whose schemas all models understand'(inspector) {
    // Strict: the Inspector fails if a schema has something that some model provider refuses.
    const { tools } = (await inspector.call('tools/list', '--strict')) as { tools: Listed[] }
    const search = tools.find(({ name }) => name === 'search')
    assert.ok(search, `no tool "search" among ${tools.map(({ name }) => name)}`)
    assert.deepEqual((search.inputSchema as { required: unknown }).required, ['query'])
    assert.equal((search.outputSchema as { type: unknown }).type, 'object')
    assert.equal((search.annotations as { readOnlyHint: unknown }).readOnlyHint, true)
  },

  async 'lists documents as resources, and search finds one by its title'(inspector) {
    const { resources } = (await inspector.call('resources/list')) as { resources: Listed[] }
    const [document] = resources
    assert.ok(document, 'no documents: has the corpus been loaded?')
    assert.equal(document.uri, `document://${document.name}`)

    const args = JSON.stringify({ query: document.title })
    const flags = ['--tool-name', 'search', '--tool-args-json', args]
    const { isError, content, structuredContent } = await inspector.call('tools/call', ...flags)
    assert.ok(!isError, JSON.stringify(content))
    const { results } = structuredContent as { results: Record<string, unknown>[] }
    assert.ok(
      results.some(({ id }) => id === document.name),
      `${JSON.stringify(document)} is not among ${JSON.stringify(results)}`,
    )
    for (const { title, url } of results) assert.ok(title && URL.canParse(String(url)))
    const [{ text }] = content as [{ text: string }]
    assert.deepEqual(JSON.parse(text), structuredContent)
  },

  async 'lists prompts with their arguments'(inspector) {
    const { prompts } = (await inspector.call('prompts/list')) as { prompts: Listed[] }
    const prompt = prompts.find(({ name }) => name === 'investigate_alert')
    assert.ok(prompt, `no prompt "investigate_alert" among ${prompts.map(({ name }) => name)}`)
    const [argument] = prompt.arguments as Listed[]
    assert.deepEqual([argument?.name, argument?.required], ['alert', true])
  },
}

const {
  positionals: [url = 'http://localhost:8080/mcp'],
} = parseArgs({ allowPositionals: true })
const signal = boundedBy(3 * 60_000)
const folder = await mkdtemp(join(tmpdir(), 'inspector-'))
let passed = 0
let failed = 0
for (const era of eras) {
  const inspector = createInspector(url, era, { folder, signal })
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check(inspector)
      passed += 1
      console.log(`ok      ${era}: ${name}`)
    } catch (error) {
      failed += 1
      console.log(`FAILED  ${era}: ${name}\n  ${error instanceof Error ? error.message : error}`)
    }
  }
}
await rm(folder, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
