import { ingest } from '../../src/documents/ingest.ts'
import type { Batches } from '../../src/documents/store.ts'
import { inTemporaryFolder, writeBatches, writeMarkdown } from './corpus-files.ts'
import type { BenchDatabase } from './database.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface LoadFigures {
  readonly documentsPerSecond: number
  /** Microseconds of CPU time per document, in Postgres and in this process. */
  readonly postgresCpu: number
  readonly nodeCpu: number
  /** Resident megabytes of this process after a tenth of the load, at the peak and at the end. */
  readonly rss: { readonly early: number; readonly peak: number; readonly last: number }
}

/** Loads the corpus as the server does; undefined if it is loaded already. */
export async function measureLoad(
  bench: BenchDatabase,
  vocabulary: Vocabulary,
  count: number,
): Promise<LoadFigures | undefined> {
  const [existing] = await bench.database.query<{ count: number }>(
    'select count(*)::int as count from documents',
  )
  if (existing?.count === count) return undefined
  if (existing?.count !== 0)
    throw new Error(`The database holds ${existing?.count} documents instead of ${count}.`)
  const figures = await inTemporaryFolder((folder) => {
    const batches: () => Batches = writeBatches(folder, vocabulary, count)
    return measure(bench, count, (onSaved) => bench.documents.load(batches(), onSaved))
  })
  await bench.database.query('vacuum analyze documents')
  await bench.database.query('vacuum analyze document_words')
  return figures
}

/** Loads Markdown files, which includes finding, reading and parsing them. */
export const measureFolder = (
  bench: BenchDatabase,
  vocabulary: Vocabulary,
  count: number,
): Promise<LoadFigures> =>
  inTemporaryFolder((folder) => {
    writeMarkdown(folder, vocabulary, count)
    return measure(bench, count, (onProgress) => ingest({ documents: bench.documents, folder, onProgress }))
  })

async function measure(
  { sent, cpuSeconds }: BenchDatabase,
  count: number,
  load: (onSaved: () => void) => Promise<unknown>,
): Promise<LoadFigures> {
  const rss: number[] = []
  const [startedAt, node, postgres] = [performance.now(), process.cpuUsage(), cpuSeconds()]
  await load(() => {
    rss.push(process.memoryUsage().rss / 1e6)
    // Recorded statements would grow with the load.
    sent.length = 0
  })
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(node)
  return {
    documentsPerSecond: count / seconds,
    postgresCpu: ((cpuSeconds() - postgres) * 1e6) / count,
    nodeCpu: (user + system) / count,
    rss: {
      early: rss[Math.floor(rss.length / 10)] ?? 0,
      peak: Math.max(...rss),
      last: rss.at(-1) ?? 0,
    },
  }
}
