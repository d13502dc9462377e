import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { before, describe, it } from 'node:test'
import type { Document } from '../../../src/documents/document.ts'
import { documentIdPattern } from '../../../src/documents/document-id.ts'
import { type IngestResult, ingest } from '../../../src/documents/ingest.ts'
import { createDocumentStore } from '../../../src/documents/store.ts'
import { afterFile } from '../../support/cleanup.ts'
import { openTestDatabase } from '../../support/database.ts'
import { oddFiles } from './odd-files.ts'

describe('a load of odd files', () => {
  let result: IngestResult
  const stored = new Map<string, Document>()

  /** Reports about a file; those of files that were not loaded say so. */
  const reportsOf = (path: string): string =>
    [
      ...result.bad
        .filter((problem) => problem.path === path)
        .map(({ line, reason }) => `not loaded${line === undefined ? '' : `:${line}`}: ${reason}`),
      ...result.warnings.filter((problem) => problem.path === path).map(({ reason }) => reason),
    ].join('\n')

  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-odd-'))
    afterFile(() => rmSync(folder, { recursive: true }))
    for (const { path, content } of oddFiles) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    const database = await openTestDatabase()
    await database.query('truncate documents')
    const documents = createDocumentStore({ database, publicUrl: '' })
    result = await ingest({ documents, folder, skipBad: true })
    for (const { id } of await documents.list({ limit: 1_000 })) {
      const document = await documents.get(id)
      if (document) stored.set(document.source, document)
    }
  })

  for (const { path, read, reported } of oddFiles) {
    it(`reads or reports ${JSON.stringify(path.slice(0, 40))}`, (test) => {
      const document = stored.get(path)
      const reports = reportsOf(path)
      test.diagnostic(
        document === undefined
          ? reports
          : JSON.stringify({
              id: document.id,
              title: document.title.slice(0, 60),
              tags: document.tags,
              reports,
            }),
      )
      if (reported === undefined) assert.equal(reports, '')
      else assert.match(reports, reported)
      assert.equal(document !== undefined, read !== undefined, reports)
      for (const [field, value] of Object.entries(read ?? {}))
        assert.deepEqual(document?.[field as keyof Document], value, field)
    })
  }

  it('gives every loaded file an id of its own', () => {
    assert.equal(stored.size, oddFiles.filter(({ read }) => read !== undefined).length)
    for (const { id } of stored.values()) assert.match(id, documentIdPattern)
  })
})
