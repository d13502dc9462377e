import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

const folder = 'docs/guides'
const openings = {
  tutorial: '*Tutorial',
  'how-to': '*How-to guide.* ',
  reference: '*Reference.* ',
  explanation: '*Explanation.* ',
}
const sections: Readonly<Record<string, string>> = {
  Tutorials: 'tutorial',
  'How-to guides': 'how-to',
  Reference: 'reference',
  Explanation: 'explanation',
}

const guides = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .map((name) => {
    const text = readFileSync(`${folder}/${name}`, 'utf8')
    return { name, text, kind: /^---\n[\s\S]*?^kind: (.+)$[\s\S]*?^---$/m.exec(text)?.[1] ?? '' }
  })

describe('every guide', () => {
  it('has one kind, which its first line names', () => {
    for (const { name, text, kind } of guides) {
      const opening = Object.entries(openings).find(([known]) => known === kind)?.[1]
      assert.ok(opening !== undefined, `${name} has the kind "${kind}"`)
      const [, firstLine = ''] = /^# .+\n\n(.+)$/m.exec(text) ?? []
      assert.ok(firstLine.startsWith(opening), `${name} begins with "${firstLine}"`)
    }
  })

  it('is in the section of the index for its kind', () => {
    const index = readFileSync(`${folder}/README.md`, 'utf8')
    const listed = index.split(/^## /m).flatMap((section) => {
      const kind = sections[section.split('\n', 1)[0] ?? '']
      return [...section.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => ({ name, kind }))
    })
    const expected = guides
      .filter(({ name }) => name !== 'README.md')
      .map(({ name, kind }) => ({ name, kind }))
    const byName = (a: { name?: string | undefined }, b: typeof a) =>
      String(a.name).localeCompare(String(b.name))
    assert.deepEqual(listed.sort(byName), expected.sort(byName))
  })
})
