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
