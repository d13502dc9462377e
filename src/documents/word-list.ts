import type { Database, QueryOptions } from '../postgres/database.ts'
import type { Run } from './terms.ts'
import { wordKey } from './words.ts'

/** Written words kept in memory per load, some 25 MB: the first ones are the most frequent. */
const maxWrittenWords = 250_000

/** Serialising more would block the event loop. */
const wordsPerStatement = 5_000
/** Words that one statement looks up in the documents; bounded, because of the statement timeout. */
const stemsPerCheck = 1_000

export interface WordList {
  /** Remembers the words of a run for the next flush. */
  readonly collect: (run: Run) => void
  /** Resolves when the collected words are in the table. */
  flush(options?: QueryOptions): Promise<void>
}

/**
 * The words with which misspelt words of queries are compared. A load writes them outside its transaction, so that it
 * locks no words for long; an extra word is harmless. Sorted, so that concurrent writers cannot deadlock.
 */
export function createWordList(database: Pick<Database, 'query'>): WordList {
  /** Marks collected runs; small, because analyses outlive the list. */
  const self = {}
  const written = new Set<string>()
  let collected = new Map<string, string>()
  return {
    collect(run) {
      if (run.collectedBy === self) return
      run.collectedBy = self
      for (const { text, lexeme } of run.words) if (!written.has(text)) collected.set(text, lexeme)
    },

    async flush(options) {
      const rows = Array.from(collected, ([word, lexeme]) => ({ word, lexeme, key: wordKey(word) }))
      collected = new Map()
      for (const { word } of rows) if (written.size < maxWrittenWords) written.add(word)
      rows.sort((a, b) => (a.key < b.key ? -1 : 1))
      for (let start = 0; start < rows.length; start += wordsPerStatement) {
        const part = rows.slice(start, start + wordsPerStatement)
        await database.query(
          `insert into document_words (word, stem, spelling) select * from unnest($1::text[], $2::text[], $3::text[])
           on conflict do nothing`,
          [
            part.map(({ key }) => key),
            part.map(({ lexeme }) => lexeme),
            part.map(({ key, word }) => (key === word ? null : word)),
          ],
          options,
        )
      }
    },
  }
}

/** The lexemes of a document. */
export async function lexemesOf(database: Pick<Database, 'query'>, id: string): Promise<string[]> {
  const rows = await database.query<{ lexeme: string }>(
    'select lexeme from documents, unnest(search) where id = $1',
    [id],
  )
  return rows.map(({ lexeme }) => lexeme)
}

/**
 * Removes the words with the given stems that no document has, neither the one with this id nor any other. By stems and
 * not by a join with the old document, whose plan could compare each of its lexemes with each word.
 */
export async function forgetWords(
  database: Pick<Database, 'query'>,
  stems: readonly string[],
  id: string,
): Promise<void> {
  for (let start = 0; start < stems.length; start += stemsPerCheck) {
    await database.query(
      `delete from document_words where stem = any($1)
         and stem not in (select lexeme from documents, unnest(search) where id = $2) and not document_has_term(stem)`,
      [stems.slice(start, start + stemsPerCheck), id],
    )
  }
}
