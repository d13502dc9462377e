import type { NewDocument } from '../../../src/documents/document.ts'
import { createDocumentStore } from '../../../src/documents/store.ts'
import { createDatabase } from '../../../src/postgres/database.ts'
import { silentLogger } from '../../support/logger.ts'
import { noopMetrics } from '../../support/telemetry-fixtures.ts'

/** Documents that the victim fetches, each once, so that no answer comes from the cache. */
const victimDocuments = 4_000
const victimDocument = (n: number) => ({ id: `victim-${n}`, text: `The text of document ${n}.` })

let fetched = 0
export function nextVictimDocument() {
  return victimDocument(fetched++ % victimDocuments)
}

/** Without vowels, so that no word is a stop word. */
const letters = 'bcdfghjklmnpqrstvwxz'
/** 333 words of two letters that are no stop words, 998 characters with their spaces. */
export const fewWords = Array.from(
  { length: 333 },
  (_, n) => `${letters[Math.floor(n / letters.length)]}${letters[n % letters.length]}`,
)

const document = (id: string, text: string): NewDocument => ({
  id,
  title: id,
  text,
  tags: [],
  source: 'abuse',
})

/** Documents that are expensive to rank, to excerpt or to render. */
export const expensive = {
  words: document('abuse-words', Array.from({ length: 16_383 }, (_, n) => fewWords[n % 333]).join(' ')),
  images: document('abuse-images', '!['.repeat(100_000)),
  table: document('abuse-table', `|a|b|c|d|\n|-|-|-|-|\n${'|1|2|3|4|\n'.repeat(84_800)}`),
}

const documents: readonly NewDocument[] = [
  ...Object.values(expensive),
  ...Array.from({ length: victimDocuments }, (_, n) => {
    const { id, text } = victimDocument(n)
    return document(id, text)
  }),
]

export async function loadDocuments(databaseUrl: string): Promise<void> {
  const database = createDatabase({ url: databaseUrl, logger: silentLogger, metrics: noopMetrics })
  await createDocumentStore({ database, publicUrl: 'http://localhost' }).load([documents])
  await database.close()
}
