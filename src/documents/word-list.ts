import type { Database, QueryOptions } from '../postgres/database.ts'
import type { NewDocument } from './document.ts'
import { wordsOf } from './words.ts'

/** Written words kept in memory per load, some 25 MB: the first ones are the most frequent. */
const maxWrittenWords = 250_000

export interface WordList {
  /** Resolves when every word of the documents is in the table. */
  save(documents: readonly NewDocument[], options?: QueryOptions): Promise<void>
}

/**
 * The words that typo search compares with. Written outside the documents' transaction, so that a long load locks no
 * words; an extra word is harmless. Sorted, so that concurrent writers cannot deadlock.
 */
export function createWordList(database: Database): WordList {
  const written = new Set<string>()
  return {
    async save(documents, options) {
      const words = new Set<string>()
      for (const { title, text, tags } of documents) {
        for (const word of wordsOf(`${title} ${tags.join(' ')} ${text}`))
          if (!written.has(word)) words.add(word)
      }
      if (words.size === 0) return
      await database.query(
        'insert into document_words (word) select unnest($1::text[]) on conflict do nothing',
        [[...words].sort()],
        options,
      )
      for (const word of words) if (written.size < maxWrittenWords) written.add(copyOf(word))
    },
  }
}

/** In V8 a substring can retain its whole parent string; a copy does not. */
const copyOf = (word: string): string => Buffer.from(word).toString()
