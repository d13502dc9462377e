import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { NewDocument } from './document.ts'
import { listMarkdownFiles, MarkdownError, readMarkdown } from './markdown-folder.ts'
import type { DocumentStore, SaveCounts } from './store.ts'

export interface IngestOptions {
  readonly documents: DocumentStore
  readonly folder: string
  /** Sibling files of the folder to load with it; missing ones are skipped. */
  readonly siblings?: readonly string[]
  /** First part of every id, which keeps folders with equal file names apart. */
  readonly idPrefix?: string
  /** Called after every batch. */
  readonly onProgress?: (done: number, total: number) => void
}

/** A batch ends at either limit, which bounds memory. */
export const batchLimit = { documents: 2_000, characters: 4_000_000 }
const readConcurrency = 16

/**
 * Loads a folder of Markdown files in one transaction; unchanged documents are not written.
 * @throws MarkdownError naming the first invalid file and the reason; then nothing is loaded
 */
export async function ingest({
  documents,
  folder,
  siblings = [],
  idPrefix = '',
  onProgress,
}: IngestOptions): Promise<SaveCounts> {
  const files = [
    ...siblings.map((name) => `../${name}`).filter((path) => existsSync(join(folder, path))),
    ...(await listMarkdownFiles(folder)),
  ]
  let done = 0
  return documents.load(batchesOf(folder, files, idPrefix), (saved) => {
    done += saved
    onProgress?.(done, files.length)
  })
}

async function* batchesOf(
  folder: string,
  files: readonly string[],
  idPrefix: string,
): AsyncGenerator<NewDocument[]> {
  const pathOfId = new Map<string, string>()
  let batch: NewDocument[] = []
  let characters = 0
  for (let start = 0; start < files.length; start += readConcurrency) {
    const chunk = files.slice(start, start + readConcurrency)
    const reads = chunk.map((path) => readMarkdown(folder, path, idPrefix))
    // Settle all first, so that the error is about the first invalid file and not the fastest.
    await Promise.allSettled(reads)
    for (const document of await inOrder(reads)) {
      const { id, source: path } = document
      const other = pathOfId.get(id)
      if (other !== undefined)
        throw new MarkdownError(path, `id "${id}" is already used by ${other}; rename one of them`)
      pathOfId.set(id, path)
      batch.push(document)
      characters += document.text.length
    }
    if (batch.length >= batchLimit.documents || characters >= batchLimit.characters) {
      yield batch
      batch = []
      characters = 0
    }
  }
  if (batch.length > 0) yield batch
}

async function inOrder<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const values: T[] = []
  for (const promise of promises) values.push(await promise)
  return values
}
