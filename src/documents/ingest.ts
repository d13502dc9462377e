import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createIdAssigner } from './assign-ids.ts'
import { databaseFailure } from './database-failure.ts'
import type { NewDocument } from './document.ts'
import type { LeftOut } from './left-out.ts'
import { readMarkdown } from './markdown-file.ts'
import { listMarkdownFiles } from './markdown-folder.ts'
import { describeProblem, IngestError, MarkdownError, type Problem } from './problem.ts'
import type { DocumentStore, SaveCounts } from './store.ts'

export interface IngestOptions {
  readonly documents: Pick<DocumentStore, 'load' | 'sourcesOf'>
  readonly folder: string
  /** Sibling files of the folder to load with it; missing ones are skipped. */
  readonly siblings?: readonly string[]
  /** First part of every id, which keeps folders with equal file names apart. */
  readonly idPrefix?: string
  /** Loads the valid files although others are invalid. */
  readonly skipBad?: boolean
  /** Aborting rolls back. */
  readonly signal?: AbortSignal | undefined
  /** Called after every batch. */
  readonly onProgress?: (done: number, total: number) => void
}

export interface IngestResult {
  readonly counts: SaveCounts
  /** Invalid files, which were not loaded. */
  readonly bad: readonly Problem[]
  /** Unreadable folders, and values left out of loaded documents. */
  readonly warnings: readonly Problem[]
  readonly leftOut: readonly LeftOut[]
}

/** A batch ends at either limit, which bounds memory. */
export const batchLimit = { documents: 2_000, characters: 4_000_000 }
const readConcurrency = 16

/**
 * Loads a folder of Markdown files in one transaction; unchanged documents are not written.
 * @throws IngestError naming every invalid file, with nothing loaded, unless `skipBad` is set
 */
export async function ingest(options: IngestOptions): Promise<IngestResult> {
  const { documents, folder, siblings = [], idPrefix = '', skipBad = false, signal, onProgress } = options
  const found = await listMarkdownFiles(folder)
  const files = [
    ...siblings.map((name) => `../${name}`).filter((path) => existsSync(join(folder, path))),
    ...found.files,
  ]
  const bad: Problem[] = []
  const warnings = [...found.unreadable]
  const assignIds = createIdAssigner(idPrefix, (ids) => documents.sourcesOf(ids, { signal }))
  /** Batches that are not saved yet. */
  const pending: NewDocument[][] = []
  let saved = 0

  async function withIds(batch: readonly Omit<NewDocument, 'id'>[]): Promise<NewDocument[]> {
    const ids = await assignIds(batch.map(({ source }) => source))
    const identified = batch.map((document, index) => ({ ...document, id: ids[index] ?? '' }))
    pending.push(identified)
    return identified
  }

  async function* batches(): AsyncGenerator<NewDocument[]> {
    let batch: Omit<NewDocument, 'id'>[] = []
    let characters = 0
    for (let start = 0; start < files.length; start += readConcurrency) {
      signal?.throwIfAborted()
      const paths = files.slice(start, start + readConcurrency)
      const reads = await Promise.allSettled(paths.map((path) => readMarkdown(folder, path)))
      for (const [index, read] of reads.entries()) {
        if (read.status === 'fulfilled') {
          warnings.push(...read.value.warnings)
          batch.push(read.value.document)
          characters += read.value.document.text.length
        } else if (read.reason instanceof MarkdownError) {
          bad.push({ path: paths[index] ?? '', line: read.reason.line, reason: read.reason.message })
        } else throw read.reason
      }
      // The rest is only read to report its problems, too.
      if (bad.length > 0 && !skipBad) batch = []
      else if (batch.length >= batchLimit.documents || characters >= batchLimit.characters) {
        yield await withIds(batch)
        batch = []
        characters = 0
      }
    }
    if (bad.length > 0 && !skipBad) throw new IngestError(describeBad(bad, files.length))
    if (batch.length > 0) yield await withIds(batch)
  }

  const onSaved = (count: number) => {
    pending.shift()
    saved += count
    onProgress?.(saved + bad.length, files.length)
  }
  try {
    const counts = await documents.load(batches(), onSaved, { signal })
    return { counts, bad, warnings, leftOut: found.leftOut }
  } catch (error) {
    throw signal?.aborted ? signal.reason : databaseFailure(error, pending[0])
  }
}

const describeBad = (bad: readonly Problem[], total: number): string =>
  `${bad.map(describeProblem).join('\n')}
${bad.length} of ${total} files invalid. Nothing was loaded. --skip-bad loads the others.`
