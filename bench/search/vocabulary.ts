import { between, type Random, seeded } from './random.ts'

/** Distinct words, the most frequent first. */
export type Vocabulary = readonly string[]

const vocabularySize = 200_000

/** Natural texts without their stop words have no word in nearly every sentence: the curve is flat at its top. */
const flatness = 10

const beginnings = [
  'b',
  'br',
  'c',
  'd',
  'dr',
  'f',
  'g',
  'gr',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'pr',
  'r',
  's',
  't',
  'tr',
  'v',
]
const vowels = ['a', 'e', 'i', 'o', 'u', 'ai', 'ou']
/** No endings that the English stemmer takes off. */
const endings = ['k', 'm', 'x', 'p', 'b', 'rt', 'nk', 'f']

/** Words of two to four syllables, which share trigrams as real ones do. */
export function createVocabulary(seed: number): Vocabulary {
  const random = seeded(seed)
  const pick = (from: readonly string[]) => from[between(random, 0, from.length - 1)] ?? ''
  const words = new Set<string>()
  while (words.size < vocabularySize) {
    const syllables = Array.from({ length: between(random, 2, 4) }, () => pick(beginnings) + pick(vowels))
    const word = syllables.join('') + pick(endings)
    if (word.length >= 5) words.add(word)
  }
  return [...words]
}

/** A rank by Zipf's law as Mandelbrot flattened it: how often a word occurs goes with 1 / (rank + flatness). */
export function zipfRank(random: Random): number {
  return Math.floor(
    (flatness + 1) * ((vocabularySize + flatness) / (flatness + 1)) ** random() - flatness - 1,
  )
}
