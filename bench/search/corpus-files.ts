import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewDocument } from '../../src/documents/document.ts'
import { batchLimit } from '../../src/documents/ingest.ts'
import { createDocument } from './corpus.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Runs the work in a temporary folder, which is removed afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'corpus-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Writes the corpus in batches before the measurement; reading needs the memory of one batch. */
export function writeBatches(folder: string, vocabulary: Vocabulary, count: number) {
  const files: string[] = []
  for (let start = 0; start < count; start += batchLimit.documents) {
    const size = Math.min(batchLimit.documents, count - start)
    const file = join(folder, `${start}.json`)
    const batch = Array.from({ length: size }, (_, n) => createDocument(vocabulary, start + n))
    writeFileSync(file, JSON.stringify(batch))
    files.push(file)
  }
  return async function* batches() {
    for (const file of files) yield JSON.parse(await readFile(file, 'utf8')) as NewDocument[]
  }
}

/** Writes the corpus as Markdown files, a thousand per folder. */
export function writeMarkdown(folder: string, vocabulary: Vocabulary, count: number): void {
  for (let number = 0; number < count; number++) {
    const { id, title, text, tags } = createDocument(vocabulary, number)
    const below = join(folder, id.slice(0, -3))
    if (number % 1_000 === 0) mkdirSync(below)
    writeFileSync(join(below, `${id}.md`), `---\ntags: [${tags.join(', ')}]\n---\n# ${title}\n\n${text}\n`)
  }
}
