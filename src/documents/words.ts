/** Whether a text without spaces is Base64, as in a data URI. */
export const isEncoded = (text: string) =>
  (text.length >= 24 || (text.length >= 8 && text.endsWith('='))) &&
  /[A-Za-z0-9+/]{24}|[A-Za-z0-9+/]{6}=+$/.test(text) &&
  /\d/.test(text) &&
  /[a-z]/.test(text) &&
  /[A-Z]/.test(text)

/**
 * Encodes a word for trigram search: each character other than a to z becomes three such letters, because trigrams
 * ignore other letters in some locales of PostgreSQL. The multiplication spreads neighbours in an alphabet.
 */
export const wordKey = (word: string): string =>
  word.replace(/[^a-z]/gu, (character) => {
    const number = ((character.codePointAt(0) ?? 0) * 7_919) % 26 ** 3
    return [number / 26 ** 2, (number / 26) % 26, number % 26]
      .map((digit) => String.fromCharCode(97 + Math.floor(digit)))
      .join('')
  })
