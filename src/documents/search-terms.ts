import type { NewDocument } from './document.ts'
import { eachRun, type Run, runsOf } from './terms.ts'
import { isEncoded } from './words.ts'

/** Characters of a text that are indexed. */
const maxIndexedLength = 200_000
/** Bytes of lexemes with their positions; PostgreSQL accepts 1 MB. */
const maxSize = 1_000_000
/** PostgreSQL's largest position of a lexeme. */
const maxPosition = 16_383

/**
 * Increment it when texts get other lexemes, with a migration that creates the index `documents_search_outdated` again.
 * `migrate` then indexes all documents again.
 */
export const searchVersion = '1'

/** Value of the column `search_of`: the version and the content that a row's tsvector was made from. */
export const searchOf = (contentHash: string): string => searchVersion + contentHash.slice(0, 8)

/**
 * A tsvector as text, with weight A for the title, B for tags and C for the text.
 * @param collect receives the runs that are words and not Base64
 */
export function searchVectorOf(
  { title, tags, text }: Pick<NewDocument, 'title' | 'tags' | 'text'>,
  collect: (run: Run) => void,
): string {
  const indexed = text.slice(0, maxIndexedLength)
  const chunks = indexed.split(/\s+/)
  const hasEncoded = chunks.some(isEncoded)
  let vector = ''
  let size = 0
  let position = 0
  let weight = 'A'
  const add = (lexeme: string, at: number) => {
    size += Buffer.byteLength(lexeme) + 6
    // Lexemes have letters, marks and digits only: nothing to quote.
    if (size < maxSize) vector += `${lexeme}:${Math.min(at, maxPosition)}${weight} `
  }
  const addParts = ({ parts, whole }: Run) => {
    if (whole !== undefined) add(whole, position + 1)
    for (const part of parts) add(part, ++position)
    // At both ends, so that phrases match the words before and after it.
    if (whole !== undefined) add(whole, position)
  }
  const addRun = (run: Run) => {
    if (run.lexeme === undefined) addParts(run)
    else if (run.lexeme !== '') add(run.lexeme, ++position)
    if (!hasEncoded) collect(run)
  }
  eachRun(title, addRun)
  weight = 'B'
  // A gap, so that no phrase spans two fields.
  position++
  eachRun(tags.join(' '), addRun)
  weight = 'C'
  position++
  eachRun(indexed, addRun)
  if (hasEncoded) {
    const readable = chunks.filter((chunk) => !isEncoded(chunk))
    for (const run of runsOf([title, ...tags, ...readable].join(' '))) collect(run)
  }
  return vector
}
