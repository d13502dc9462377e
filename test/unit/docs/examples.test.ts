import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { documentFiles } from '../../support/docs/check-docs.ts'
import { readDoc } from '../../support/docs/doc.ts'

/** Complete files in documents, with the path in their first line or right before them. */
const examples = documentFiles.map(readDoc).flatMap(({ text, blocks }) =>
  blocks
    .filter(({ language }) => language === 'ts')
    .flatMap((block) => {
      const before = text.split('\n').slice(0, block.line - 2)
      const path =
        /^\/\/ (src\/\S+)\n/.exec(block.text)?.[1] ??
        /`((?:src|test)\/\S+)`:\n*$/.exec(before.join('\n'))?.[1]
      return path === undefined ? [] : [{ path, text: block.text }]
    }),
)

describe('file examples in documents', () => {
  let copy: string
  before(() => {
    copy = mkdtempSync(join(tmpdir(), 'docs-examples-'))
    for (const name of ['src', 'test/support', 'tsconfig.json', 'package.json'])
      cpSync(name, join(copy, name), { recursive: true })
    symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  })
  after(() => rmSync(copy, { recursive: true, force: true }))

  it('compile together with the server', () => {
    assert.ok(examples.length > 1, `${examples.length}`)
    for (const { path, text } of examples) {
      mkdirSync(dirname(join(copy, path)), { recursive: true })
      writeFileSync(join(copy, path), text)
    }
    const include = ['src', ...examples.map(({ path }) => path)]
    writeFileSync(
      join(copy, 'tsconfig.examples.json'),
      JSON.stringify({ extends: './tsconfig.json', include }),
    )
    const { stdout } = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', 'tsconfig.examples.json'], {
      cwd: copy,
      encoding: 'utf8',
    })
    assert.equal(stdout, '')
  })
})
