import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

const folder = '.github/workflows'

describe('the workflows', () => {
  it('pin every action to a commit and name its version', () => {
    const uses = readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/uses: *(.+)$/gm)].map(
        ([, action]) => action ?? '',
      ),
    )
    assert.ok(uses.length > 10)
    assert.deepEqual(
      uses.filter((action) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action)),
      [],
    )
  })

  it('install what the stack suite starts', () => {
    const support = 'test/stack/support'
    const packages = readdirSync(support).flatMap((file) =>
      [...readFileSync(join(support, file), 'utf8').matchAll(/debianPackage: '([\w-]+)'/g)].map(
        ([, name = '']) => name,
      ),
    )
    assert.ok(packages.length > 1)
    const job = /\n {2}stack:\n[\s\S]*?npm test -- stack/.exec(
      readFileSync(join(folder, 'ci.yml'), 'utf8'),
    )?.[0]
    for (const name of ['haproxy', ...packages]) assert.match(job ?? '', new RegExp(` ${name}\\b`), name)
  })

  it('use one commit per action', () => {
    const commits = new Map<string, Set<string>>()
    for (const file of readdirSync(folder))
      for (const [, name = '', commit = ''] of readFileSync(join(folder, file), 'utf8').matchAll(
        /uses: *(\S+)@(\S+)/g,
      ))
        commits.set(name, (commits.get(name) ?? new Set()).add(commit))
    for (const [name, used] of commits) assert.equal(used.size, 1, name)
  })
})
