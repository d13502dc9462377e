import { createDocument } from './corpus.ts'
import type { BenchDatabase } from './database.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface LoadFigures {
  readonly documentsPerSecond: number
  /** Microseconds of processor time a document, in Postgres and in this process, of which making it is a part. */
  readonly postgresCpu: number
  readonly nodeCpu: number
  /** Resident megabytes of this process after a tenth of the load, at its peak and at its end. */
  readonly rss: { readonly early: number; readonly peak: number; readonly last: number }
}

const batchSize = 500

/** Loads the corpus by the product's own way; undefined where it is there already. */
export async function measureLoad(
  { database, documents, sent, cpuSeconds }: BenchDatabase,
  vocabulary: Vocabulary,
  count: number,
): Promise<LoadFigures | undefined> {
  const [there] = await database.query<{ count: number }>('select count(*)::int as count from documents')
  if (there?.count === count) return undefined
  if (there?.count !== 0) throw new Error(`The database holds ${there?.count} documents instead of ${count}.`)
  const rss: number[] = []
  const [startedAt, node, postgres] = [performance.now(), process.cpuUsage(), cpuSeconds()]
  const batches = function* () {
    for (let start = 0; start < count; start += batchSize) {
      const size = Math.min(batchSize, count - start)
      yield Array.from({ length: size }, (_, n) => createDocument(vocabulary, start + n))
    }
  }
  await documents.load(batches(), () => {
    rss.push(process.memoryUsage().rss / 1e6)
    // The statements with their values are kept for others, and would grow as the load does.
    sent.length = 0
  })
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(node)
  const postgresCpu = ((cpuSeconds() - postgres) * 1e6) / count
  await database.query('vacuum analyze documents')
  await database.query('vacuum analyze document_words')
  return {
    documentsPerSecond: count / seconds,
    postgresCpu,
    nodeCpu: (user + system) / count,
    rss: {
      early: rss[Math.floor(rss.length / 10)] ?? 0,
      peak: Math.max(...rss),
      last: rss.at(-1) ?? 0,
    },
  }
}
