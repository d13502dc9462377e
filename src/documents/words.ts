/** Distinct words for typo search: lower case, letters and digits, 4 to 40 characters. */
export function wordsOf(text: string): string[] {
  const words = new Set<string>()
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    if (word.length >= 4 && word.length <= 40 && !/^\d+$/.test(word)) words.add(word)
  }
  return [...words]
}
