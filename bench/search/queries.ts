import { createDocument } from './corpus.ts'
import { between, type Random, seeded } from './random.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface QueryClass {
  readonly name: string
  readonly queries: readonly string[]
}

const queriesPerClass = 20

/** Queries that match the first `count` documents; those with typos match by similarity only. */
export function createQueries(vocabulary: Vocabulary, count: number): QueryClass[] {
  const random = seeded(count)
  const word = (from: number, to: number) => vocabulary[between(random, from, to)] ?? ''
  /** A rare word of a random document. */
  const rare = () => {
    const ranks = new Map(vocabulary.map((each, rank) => [each, rank]))
    for (;;) {
      const { text } = createDocument(vocabulary, between(random, 0, count - 1))
      const found = text.match(/\w+/g)?.find((each) => (ranks.get(each) ?? 0) > 20_000)
      if (found !== undefined) return found
    }
  }
  const common = () => word(0, 19)
  const rares = Array.from({ length: queriesPerClass }, rare)
  const make = (name: string, query: (n: number) => string) => ({
    name,
    queries: Array.from({ length: queriesPerClass }, (_, n) => query(n)),
  })
  return [
    make('rare word', (n) => rares[n] ?? ''),
    make('middling word', () => word(200, 1_000)),
    make('common word', common),
    make('common and rare word', (n) => `${common()} ${rares[n]}`),
    make('two common words', () => `${common()} ${word(20, 39)}`),
    make('phrase of common words', () => `"${common()} ${word(20, 39)}"`),
    make('phrase from a document', () => phraseOf(vocabulary, between(random, 0, count - 1))),
    make('common word, another excluded', () => `${common()} -${word(20, 39)}`),
    make('typo in a rare word', (n) => misspelt(rares[n] ?? '', random)),
    make(
      'typos in two words',
      (n) => `${misspelt(word(40, 200), random)} ${misspelt(rares[n] ?? '', random)}`,
    ),
  ]
}

function phraseOf(vocabulary: Vocabulary, number: number): string {
  const [first, second] = createDocument(vocabulary, number).text.match(/\w+/g) ?? []
  return `"${first} ${second}"`
}

/** Swaps two letters in the middle, or inserts one if they are equal. */
function misspelt(word: string, random: Random): string {
  const at = between(random, 2, word.length - 3)
  const [a = '', b = ''] = [word[at], word[at + 1]]
  return a === b ? `${word.slice(0, at)}q${word.slice(at)}` : word.slice(0, at) + b + a + word.slice(at + 2)
}
