import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { service, serviceDescription } from '../../../src/config/package.ts'
import { assertMatchesSchema } from '../../support/schemas/validate.ts'

describe('server.json', () => {
  const entry = JSON.parse(readFileSync('server.json', 'utf8'))

  it('matches the schema of the MCP registry that it names', () => {
    assertMatchesSchema('server', entry)
    const schema = readFileSync('test/support/schemas/server.schema.json', 'utf8')
    assert.ok(schema.includes(entry.$schema), entry.$schema)
  })

  it('is what its generator makes of package.json', () => {
    execFileSync(process.execPath, ['--import', 'tsx', 'deploy/registry/generate.ts', '--check'])
    assert.ok(entry.name.endsWith(`/${service.name}`), entry.name)
    assert.deepEqual(
      [entry.title, entry.description, entry.version],
      [service.title, serviceDescription, service.version],
    )
  })

  it('is rejected with a description that is too long, a name without namespace, no version or an unknown transport', () => {
    for (const change of [
      { description: 'x'.repeat(101) },
      { name: 'no-namespace' },
      { version: undefined },
      { remotes: [{ type: 'http', url: 'https://mcp.example.com' }] },
    ])
      assert.throws(
        () => assertMatchesSchema('server', JSON.parse(JSON.stringify({ ...entry, ...change }))),
        assert.AssertionError,
      )
  })
})
