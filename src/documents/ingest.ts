import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { NewDocument } from './document.ts'
import { listMarkdownFiles, MarkdownError, readMarkdown } from './markdown-folder.ts'
import type { DocumentStore, SaveCounts } from './store.ts'

export interface IngestOptions {
  readonly documents: DocumentStore
  readonly folder: string
  /** Files beside the folder that are loaded with it; those that are not there are left out. */
  readonly beside?: readonly string[]
  /** First part of every document's id, which keeps two folders with equal file names apart. */
  readonly idPrefix?: string
  /** Called after every batch. */
  readonly onProgress?: (done: number, total: number) => void
}

/** A batch ends with whichever comes first, so that its size in memory has a bound. */
export const batchLimit = { documents: 2_000, characters: 4_000_000 }
/** Files that are read at the same time. */
const readAtOnce = 16

/**
 * Loads a folder of Markdown files: all of it or, when one file is bad, nothing. Files that have not
 * changed since the last time are left alone.
 * @throws MarkdownError naming the first bad file and the reason
 */
export async function ingest({
  documents,
  folder,
  beside = [],
  idPrefix = '',
  onProgress,
}: IngestOptions): Promise<SaveCounts> {
  const files = [
    ...beside.map((name) => `../${name}`).filter((path) => existsSync(join(folder, path))),
    ...(await listMarkdownFiles(folder)),
  ]
  let done = 0
  return documents.load(batchesOf(folder, files, idPrefix), (saved) => {
    done += saved
    onProgress?.(done, files.length)
  })
}

/** The documents of the files, in their order. */
async function* batchesOf(
  folder: string,
  files: readonly string[],
  idPrefix: string,
): AsyncGenerator<NewDocument[]> {
  const pathOfId = new Map<string, string>()
  let batch: NewDocument[] = []
  let characters = 0
  for (let start = 0; start < files.length; start += readAtOnce) {
    const reading = files.slice(start, start + readAtOnce).map((path) => readMarkdown(folder, path, idPrefix))
    // Settled first, because of several bad files the first one is named, not the fastest.
    await Promise.allSettled(reading)
    for (const document of await inOrder(reading)) {
      const { id, source: path } = document
      const other = pathOfId.get(id)
      if (other !== undefined)
        throw new MarkdownError(path, `it would get the id "${id}", as ${other} does; rename one of them`)
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
