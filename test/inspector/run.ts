/** Checks a running server with the MCP Inspector: `tsx test/inspector/run.ts http://localhost:8080/mcp` */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { abortAfter } from '../conformance/command.ts'
import { plain, prompt, resource } from '../support/sample-calls.ts'
import { createInspector, type Inspector, protocolEras } from './inspector.ts'

interface Listed {
  readonly name: string
  readonly [field: string]: unknown
}

const checks: Readonly<Record<string, (inspector: Inspector) => Promise<void>>> = {
  async 'lists tools with portable schemas'(inspector) {
    // With --strict the Inspector fails on schema features that a model provider rejects.
    const { tools } = (await inspector.call('tools/list', '--strict')) as { tools: Listed[] }
    const { name, arguments: args } = plain.call
    const tool = tools.find((listed) => listed.name === name)
    assert.ok(tool, `no tool "${name}" among ${tools.map((listed) => listed.name)}`)
    assert.deepEqual((tool.inputSchema as { required: unknown }).required, Object.keys(args))
    assert.equal((tool.outputSchema as { type: unknown }).type, 'object')
    assert.equal((tool.annotations as { readOnlyHint: unknown }).readOnlyHint, true)
  },

  async 'calls a tool and lists a resource'(inspector) {
    const flags = ['--tool-name', plain.call.name, '--tool-args-json', JSON.stringify(plain.call.arguments)]
    const { isError, content, structuredContent } = await inspector.call('tools/call', ...flags)
    assert.ok(!isError, JSON.stringify(content))
    const [{ text }] = content as [{ text: string }]
    assert.match(text, plain.answer)
    assert.deepEqual(JSON.parse(text), structuredContent)

    const { resources } = (await inspector.call('resources/list')) as { resources: Listed[] }
    assert.ok(
      resources.some(({ uri }) => uri === resource.uri),
      `no resource ${resource.uri}: run the migrations and load the documents`,
    )
  },

  async 'lists prompts with their arguments'(inspector) {
    const { prompts } = (await inspector.call('prompts/list')) as { prompts: Listed[] }
    const { name, arguments: args } = prompt.call
    const listed = prompts.find((one) => one.name === name)
    assert.ok(listed, `no prompt "${name}" among ${prompts.map((one) => one.name)}`)
    const [argument] = listed.arguments as Listed[]
    assert.deepEqual([argument?.name, argument?.required], [Object.keys(args)[0], true])
  },
}

const {
  positionals: [url = 'http://localhost:8080/mcp'],
} = parseArgs({ allowPositionals: true })
const signal = abortAfter(3 * 60_000)
const folder = await mkdtemp(join(tmpdir(), 'inspector-'))
let passed = 0
let failed = 0
for (const era of protocolEras) {
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
