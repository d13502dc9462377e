import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { discover, discoverCatalog } from '../../../src/mcp/catalog.ts'
import { catalog as found, other, plain, prompt, resource } from '../../support/sample-calls.ts'

function folderOf(files: Record<string, string>): URL {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-discover-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return pathToFileURL(`${folder}/`)
}

const definition = (name: string, kind = 'tool') => `export default { name: '${name}', kind: '${kind}' }`

describe('discover', () => {
  it('loads definitions by file suffix, in alphabetical order', async () => {
    const folder = folderOf({
      'b.tool.js': definition('b'),
      'a.tool.js': definition('a'),
      'a.tool.js.map': '{',
      'helper.js': 'throw 1',
      'a.tool.d.ts': '!',
    })
    assert.deepEqual(
      (await discover(folder, 'tool')).map(({ name }) => name),
      ['a', 'b'],
    )
  })

  it('rejects a duplicate name and names both files', async () => {
    await assert.rejects(
      discover(folderOf({ 'a.tool.js': definition('same'), 'b.tool.js': definition('same') }), 'tool'),
      /b\.tool\.js and a\.tool\.js both define the tool "same"/,
    )
  })

  it('rejects a file without a matching default export and names it', async () => {
    for (const content of ['export const x = 1', 'export default {}', definition('p', 'prompt')]) {
      await assert.rejects(
        discover(folderOf({ 'x.tool.js': content }), 'tool'),
        /x\.tool\.js: the default export must be a tool from defineTool/,
      )
    }
  })

  it('returns an empty list for a missing folder', async () => {
    assert.deepEqual(await discover(new URL('file:///no/such/folder/'), 'tool'), [])
  })
})

describe('discoverCatalog', () => {
  it('finds the same definitions in the sources and in the build', async () => {
    const names = (catalog: Awaited<ReturnType<typeof discoverCatalog>>) =>
      Object.values(catalog)
        .flat()
        .map(({ name }) => name)
    const sources = names(await discoverCatalog(new URL('../../../src/', import.meta.url)))
    for (const name of [plain.call.name, other.call.name, prompt.call.name])
      assert.ok(sources.includes(name), name)
    assert.ok(found.resources.some(({ uriTemplate }) => uriTemplate === resource.template))
    assert.deepEqual(names(await discoverCatalog(new URL('../../../dist/', import.meta.url))), sources)
  })
})
