import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checks, documentFiles, problemsOf } from '../../support/docs/check-docs.ts'
import { readDoc } from '../../support/docs/doc.ts'

const docs = documentFiles.map(readDoc)

describe('the documents', () => {
  it('are found', () => {
    assert.ok(documentFiles.includes('README.md'))
    assert.ok(documentFiles.length > 60, `${documentFiles}`)
  })

  for (const [what, check] of Object.entries(checks))
    it(`name only ${what} that are there`, () => {
      const problems = docs.flatMap((doc) => problemsOf(doc, check))
      assert.equal(problems.join('\n'), '')
    })
})
