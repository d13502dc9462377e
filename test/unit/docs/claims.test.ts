import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checks, documentFiles, problemsOf } from '../../support/docs/check-docs.ts'
import { readDoc } from '../../support/docs/doc.ts'

const docs = documentFiles.map(readDoc)

describe('documents', () => {
  it('are all discovered', () => {
    assert.ok(documentFiles.includes('README.md'))
    assert.ok(documentFiles.length > 60, `${documentFiles}`)
  })

  for (const [kind, check] of Object.entries(checks))
    it(`refer only to ${kind} that exist`, () => {
      const problems = docs.flatMap((doc) => problemsOf(doc, check))
      assert.equal(problems.join('\n'), '')
    })
})
