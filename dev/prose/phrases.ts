/** Phrases that have a shorter or more exact term, by the term. The single words are `flagWords` of `cspell.json`. */
const phrases: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bsigns? of life\b/, 'liveness probe'],
  [/\b(?:gives?|gave|given) back\b/, 'return'],
  [/\b(?:leaves?|left|let) (?:\w+ )?alone\b/, 'ignore, keep'],
  [/\b(?:stands?|stood) for\b/, 'mean, represent'],
  [/\b(?:turns?|turned) (?:\w+ )?away\b/, 'reject'],
  [/\b(?:is|are|was|were|be|been) told\b/, 'receive, read'],
  [/\b(?:is|are|was|were|be|been) let in\b/, 'admit, accept'],
  [/\b(?:by|to|from|of|for) what\b(?! (?:reason|extent|degree)\b)/, 'a noun'],
  [
    /\bWhat (?!(?:is|are|was|were|does|do|if)\b)(?:\w+ ){1,4}(?:is|are|was|were|has|have|must|may|can)\b(?!\?)/,
    'a noun as the subject',
  ],
  [/\b(?:he|him|his|she|her|hers)\b/i, 'the caller, they'],
  [/\bsomebody\b/i, 'the caller, they, another person'],
  [/\b(?:ours|theirs) to (?:answer|blame)\b/, 'server error, client error'],
  [/\bcspell:/i, 'why, with "prose-ok: <reason>"'],
]

/** Marks a line that may say so, with the reason. */
const exception = /\bprose-ok: \S/

/** Problems of a text, one a line: `README.md:12: "stands for": mean, represent`. */
export function problemsOf(file: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) =>
    exception.test(line)
      ? []
      : phrases.flatMap(([pattern, instead]) => {
          const found = pattern.exec(line)?.[0].trim()
          return found === undefined ? [] : [`${file}:${index + 1}: "${found}": say ${instead}`]
        }),
  )
}
