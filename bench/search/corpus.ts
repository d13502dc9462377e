import type { NewDocument } from '../../src/documents/document.ts'
import { between, type Random, seeded } from './random.ts'
import { type Vocabulary, zipfRank } from './vocabulary.ts'

export const seed = 6
const wordsPerText = { from: 60, to: 120 }

/** Document `number` of the corpus; deterministic and independent of order. */
export function createDocument(vocabulary: Vocabulary, number: number): NewDocument {
  const random = seeded(seed * 1_000_003 + number * 7919)
  const words = (count: number) => Array.from({ length: count }, () => vocabulary[zipfRank(random)] ?? '')
  return {
    id: `doc-${String(number).padStart(7, '0')}`,
    title: words(between(random, 3, 6)).join(' '),
    text: sentences(words(between(random, wordsPerText.from, wordsPerText.to)), random),
    tags: words(2),
    source: `doc-${number}.md`,
  }
}

function sentences(words: readonly string[], random: Random): string {
  const parts: string[] = []
  for (let start = 0; start < words.length; ) {
    const length = between(random, 6, 14)
    parts.push(`${words.slice(start, start + length).join(' ')}.`)
    start += length
  }
  return parts.join(' ')
}
