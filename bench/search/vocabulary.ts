import { between, type Random, seeded } from './random.ts'

/** Distinct words, most frequent first. */
export type Vocabulary = readonly string[]

const vocabularySize = 200_000

/** Flattens the top of the Zipf curve, like a text without stop words. */
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
/** Endings that the English stemmer keeps. */
const endings = ['k', 'm', 'x', 'p', 'b', 'rt', 'nk', 'f']

/** Words of two to four syllables, which share trigrams like natural words. */
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

/** A random rank by the Zipf-Mandelbrot law: frequency is proportional to 1 / (rank + flatness). */
export function zipfRank(random: Random): number {
  return Math.floor(
    (flatness + 1) * ((vocabularySize + flatness) / (flatness + 1)) ** random() - flatness - 1,
  )
}
