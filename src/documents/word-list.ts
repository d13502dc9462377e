import type { Database, QueryOptions } from '../postgres/database.ts'
import type { NewDocument } from './document.ts'
import { wordsOf } from './words.ts'

/** Words that a load remembers to have written, some 25 MB: the first to come are the ones that come again most. */
const maxRemembered = 250_000

export interface WordList {
  /** Resolves when every word of the documents is in the table. */
  save(documents: readonly NewDocument[], options?: QueryOptions): Promise<void>
}

/**
 * The table of words that typo search compares with. It is written outside of the documents' transaction:
 * a word too many harms nothing, and no load of an hour holds locks on words that other writers need. In
 * order, so that two writers can't deadlock.
 */
export function createWordList(database: Database): WordList {
  const remembered = new Set<string>()
  return {
    async save(documents, options) {
      const words = new Set<string>()
      for (const { title, text, tags } of documents) {
        for (const word of wordsOf(`${title} ${tags.join(' ')} ${text}`))
          if (!remembered.has(word)) words.add(word)
      }
      if (words.size === 0) return
      await database.query(
        'insert into document_words (word) select unnest($1::text[]) on conflict do nothing',
        [[...words].sort()],
        options,
      )
      for (const word of words) if (remembered.size < maxRemembered) remembered.add(copyOf(word))
    },
  }
}

/** A string cut out of a text can keep the whole text in memory; the copy keeps only itself. */
const copyOf = (word: string): string => Buffer.from(word).toString()
