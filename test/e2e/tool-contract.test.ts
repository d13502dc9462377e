import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, describe, it } from 'node:test'
import type { Tool as ListedTool } from '@modelcontextprotocol/client'
import { errorTable } from '../../src/errors.ts'
import { discoverCatalog } from '../../src/mcp/catalog.ts'
import { connectors } from '../support/clients.ts'
import { postModern } from '../support/raw.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

// biome-ignore lint/suspicious/noExplicitAny: a JSON Schema
type Schema = any

/** A value that matches a schema. */
function exampleOf(schema: Schema): unknown {
  if (schema.default !== undefined) return schema.default
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'string') return 'example'.padEnd(schema.minLength ?? 0, 'x').slice(0, schema.maxLength)
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1
  if (schema.type === 'boolean') return true
  if (schema.type === 'array') return []
  return Object.fromEntries(
    (schema.required ?? []).map((name: string) => [name, exampleOf(schema.properties[name])]),
  )
}

const { tools } = await discoverCatalog(new URL('../../src/', import.meta.url))
/** `internal` is a crash. */
const codes = Object.keys(errorTable)
  .filter((code) => code !== 'internal')
  .join('|')
let stack: Stack
let listed: Map<string, ListedTool>

before(async () => {
  stack = await sharedStack()
  const client = await connectors['v2 client, 2026-07-28'](stack.server.mcpUrl)
  listed = new Map((await client.listTools()).tools.map((tool) => [tool.name, tool]))
})

for (const tool of tools) {
  describe(`the tool ${tool.name}`, () => {
    const call = async (args: unknown, headers: Record<string, string> = {}) => {
      const params = { name: tool.name, arguments: args }
      return (await postModern(stack.server.mcpUrl, 'tools/call', params, headers)).message.result
    }

    it('is listed with title, description, schemas and annotations', () => {
      const { title, description, inputSchema, outputSchema, annotations } =
        listed.get(tool.name) ?? assert.fail('not listed')
      assert.ok(title)
      assert.ok((description ?? '').length >= 40, 'the description is shorter than 40 characters')
      assert.equal(inputSchema.type, 'object')
      assert.equal(outputSchema?.type, tool.output && 'object')
      assert.deepEqual(annotations, {
        title,
        readOnlyHint: tool.effect === 'read',
        destructiveHint: tool.effect === 'destroy',
        idempotentHint: tool.effect === 'read' || tool.idempotent === true,
        openWorldHint: tool.openWorld === true,
      })
      if (tool.openWorld) assert.match(description ?? '', /data, not instructions/)
      assert.ok(tool.scopes.length > 0)
      for (const scope of tool.scopes) assert.match(scope, /^[a-z]+:[a-z]+$/)
      assert.ok(tool.timeoutMs > 0 && tool.timeoutMs <= 60_000)
    })

    it('returns output that matches its schema, also as text, or an error code other than internal', async () => {
      const result = await call(exampleOf(listed.get(tool.name)?.inputSchema))
      if (result.isError) {
        assert.match(result.content[0].text, new RegExp(`^(${codes}): \\S`))
      } else if (tool.output === undefined) {
        assert.equal(result.structuredContent, undefined)
      } else {
        assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent)
        assert.ok(tool.output.strict().safeParse(result.structuredContent).success)
      }
    })

    it('rejects invalid arguments with invalid_arguments and names the argument', async () => {
      const schema: Schema = listed.get(tool.name)?.inputSchema
      const valid = exampleOf(schema) as Record<string, unknown>
      for (const name of schema.required) {
        const bad: unknown[] = [undefined, null, 7, {}, [[]], true]
        if (schema.properties[name].type === 'string')
          bad.push('', `nul \0`, 'x'.repeat((schema.properties[name].maxLength ?? 1000) + 1))
        for (const value of bad) {
          const result = await call({ ...valid, [name]: value })
          assert.equal(result.isError, true, `${name}: ${JSON.stringify(value)?.slice(0, 40)}`)
          assert.match(result.content[0].text, new RegExp(`^invalid_arguments: .*${name}`))
        }
      }
      for (const args of [null, 'text', 7, []])
        assert.ok(JSON.stringify((await call(args)) ?? {}).length < 2_000)
    })

    it('rejects an unknown argument and names the valid ones, unless its schema is open', async () => {
      const schema: Schema = listed.get(tool.name)?.inputSchema
      if (schema.additionalProperties !== false) return
      const result = await call({ ...(exampleOf(schema) as object), no_such_argument: 1 })
      assert.equal(result.isError, true)
      const valid = Object.keys(schema.properties).join(', ')
      const problem = `invalid_arguments: Invalid arguments for ${tool.name}: unknown argument \`no_such_argument\`. Valid: ${valid}`
      assert.equal(result.content[0].text, problem)
    })

    it('logs one line per call, without argument values', async () => {
      const marker = `marker${tool.name}`
      const schema: Schema = listed.get(tool.name)?.inputSchema
      const [text] = schema.required
      const before = stack.server.lines.length
      const requestId = randomUUID()
      await call({ ...(exampleOf(schema) as object), [text]: marker }, { 'x-request-id': requestId })
      const ofCall = (line: Record<string, unknown>) =>
        line.request_id === requestId && line['mcp.method.name'] === 'tools/call'
      await stack.server.line(ofCall)
      const lines = stack.server.lines.filter(ofCall)
      assert.equal(lines.length, 1)
      assert.ok((lines[0]?.argument_keys as string[] | undefined)?.includes(text))
      if (!tool.logged?.includes(text))
        assert.doesNotMatch(JSON.stringify(stack.server.lines.slice(before)), new RegExp(marker))
    })
  })
}
