import type { NewDocument } from './document.ts'
import type { DocumentStore, SaveCounts } from './document-store.ts'
import { listMarkdownFiles, MarkdownError, readMarkdown } from './markdown-folder.ts'

export interface IngestOptions {
  readonly documents: DocumentStore
  readonly folder: string
  /** First part of every document's id, which keeps two folders with equal file names apart. */
  readonly idPrefix?: string
  /** Called after every batch. */
  readonly onProgress?: (done: number, total: number) => void
}

const batchSize = 500

/**
 * Loads a folder of Markdown files: all of it or, when one file is bad, nothing. Files that have not
 * changed since the last time are left alone.
 * @throws MarkdownError naming the first bad file and the reason
 */
export async function ingest({
  documents,
  folder,
  idPrefix,
  onProgress,
}: IngestOptions): Promise<SaveCounts> {
  const files = await listMarkdownFiles(folder)
  const pathOfId = new Map<string, string>()
  return documents.load(async (save) => {
    const sum = { inserted: 0, updated: 0, unchanged: 0 }
    for (let start = 0; start < files.length; start += batchSize) {
      const batch: NewDocument[] = []
      for (const path of files.slice(start, start + batchSize)) {
        const document = await readMarkdown(folder, path, idPrefix)
        const other = pathOfId.get(document.id)
        if (other !== undefined)
          throw new MarkdownError(
            path,
            `it would get the id "${document.id}", as ${other} does; rename one of them`,
          )
        pathOfId.set(document.id, path)
        batch.push(document)
      }
      const counts = await save(batch)
      sum.inserted += counts.inserted
      sum.updated += counts.updated
      sum.unchanged += counts.unchanged
      onProgress?.(Math.min(start + batchSize, files.length), files.length)
    }
    return sum
  })
}
