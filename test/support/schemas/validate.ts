import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv'

const schemas = {
  /** MCP Server Card, whose file defines several types. */
  'server-card': { $ref: '#/$defs/ServerCard' },
  /** `server.json` of the MCP registry. */
  server: {},
}

/** Asserts that a value matches a published schema; each file names its source and date. */
export function assertMatchesSchema(name: keyof typeof schemas, value: unknown): void {
  const schema = JSON.parse(readFileSync(new URL(`${name}.schema.json`, import.meta.url), 'utf8'))
  const result = new AjvJsonSchemaValidator().getValidator({ ...schema, ...schemas[name] })(value)
  assert.ok(result.valid, result.errorMessage)
}
