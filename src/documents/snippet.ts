import { plainTextOf } from './plain-text.ts'
import { eachRun } from './terms.ts'

const maxLength = 300
/** Characters before the first match. */
const leadLength = 80

interface Match {
  readonly start: number
  readonly end: number
  readonly lexeme: string
}

/**
 * The part of a Markdown passage with the most words of the query, as plain text.
 * @param isDocumentStart whether the passage is the beginning of its document
 */
export function snippetOf(passage: string, lexemes: ReadonlySet<string>, isDocumentStart: boolean): string {
  let text = plainTextOf(passage, { isDocumentStart, keepsAll: false })
  let matches = matchesIn(text, lexemes)
  if (matches.length === 0) {
    // The match may be in the address of a link, or look like HTML.
    const whole = plainTextOf(passage, { isDocumentStart, keepsAll: true })
    matches = matchesIn(whole, lexemes)
    if (matches.length > 0) text = whole
  }
  const [first, last] = densest(matches)
  const spare = maxLength - ((last?.end ?? 0) - (first?.start ?? 0))
  let from = Math.max(0, (first?.start ?? 0) - Math.min(leadLength, spare / 2))
  // Begin and end at words, if there are spaces.
  if (from > 0) from = nextWord(text, Math.floor(from), first?.start ?? 0)
  let to = Math.min(text.length, from + maxLength)
  if (to < text.length) to = Math.max(text.lastIndexOf(' ', to), last?.end ?? 0, to - leadLength)
  const isInside = from > 0 || !isDocumentStart
  return `${isInside ? '… ' : ''}${text
    .slice(from, to)
    .trim()
    .replace(/[\ud800-\udfff]/gu, '')}${to < text.length ? ' …' : ''}`
}

function nextWord(text: string, from: number, before: number): number {
  const space = text.indexOf(' ', from)
  return space === -1 || space >= before ? from : space + 1
}

function matchesIn(text: string, lexemes: ReadonlySet<string>): Match[] {
  const matches: Match[] = []
  eachRun(text, (run, start) => {
    if (run.isSpaceless) {
      for (const [index, part] of run.parts.entries()) {
        const lexeme = [part, part.slice(0, 1)].find((each) => lexemes.has(each))
        // Approximate, because folding may have changed the length.
        if (lexeme !== undefined)
          matches.push({ start: start + index, end: start + index + part.length, lexeme })
      }
    } else {
      const candidates = run.lexeme === undefined ? [run.whole ?? '', ...run.parts] : [run.lexeme]
      const lexeme = candidates.find((each) => lexemes.has(each))
      if (lexeme !== undefined) matches.push({ start, end: start + run.text.length, lexeme })
    }
  })
  return matches
}

/** First and last match of the densest part: the most distinct lexemes, then the most matches. */
function densest(matches: readonly Match[]): [Match | undefined, Match | undefined] {
  let best: [Match | undefined, Match | undefined] = [undefined, undefined]
  let bestScore = 0
  matches.forEach((first, index) => {
    const lexemes = new Set<string>()
    let last = first
    let count = 0
    for (let at = index; at < matches.length; at++) {
      const match = matches[at]
      if (match === undefined || match.end - first.start > maxLength - leadLength) break
      lexemes.add(match.lexeme)
      last = match
      count++
    }
    const score = lexemes.size + count / 1_000
    if (score > bestScore) {
      bestScore = score
      best = [first, last]
    }
  })
  return best
}
