import { isMap, parseDocument, visit } from 'yaml'

/** A divisor, or a map of durations. A duration missing in the map is an error, so that none stays long unnoticed. */
export type Shortening = number | Readonly<Record<string, string>>

export interface Windows {
  /** Range selectors, subqueries and offsets in expressions. */
  readonly range: Shortening
  /** `for` and `keep_firing_for`. */
  readonly hold: Shortening
}

/** A shorter range contains too few scrapes for a rate. */
const shortestRangeSeconds = 5

/**
 * Shortens the windows of rules for tests. Only durations change, and groups lose their own evaluation interval;
 * expressions, thresholds, labels and annotations stay.
 */
export function shortenWindows(ruleYaml: string, shortening: Shortening | Windows): string {
  const { range, hold } = isWindows(shortening) ? shortening : { range: shortening, hold: shortening }
  const document = parseDocument(ruleYaml)
  visit(document, {
    Pair(_key, pair) {
      const key = String(pair.key)
      if (key === 'expr') pair.value = document.createNode(shortenExpression(String(pair.value), range))
      if (key === 'for' || key === 'keep_firing_for')
        pair.value = document.createNode(shorten(String(pair.value), hold, 0))
      return key === 'labels' || key === 'annotations' ? visit.SKIP : undefined
    },
    Map(_key, map) {
      if (isMap(map) && map.has('rules')) map.delete('interval')
    },
  })
  return document.toString()
}

const isWindows = (shortening: Shortening | Windows): shortening is Windows =>
  typeof shortening === 'object' && 'range' in shortening && 'hold' in shortening

const duration = String.raw`(?:\d+(?:ms|[smhdwy]))+`
/** Strings come first, so that a window inside a string does not match. */
const windowOrString = new RegExp(
  [
    String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`,
    String.raw`\[\s*(?<range>${duration})\s*(?<subquery>:\s*(?<step>${duration})?\s*)?\]`,
    String.raw`\boffset\s+(?<sign>-?)\s*(?<offset>${duration})`,
  ].join('|'),
  'g',
)

function shortenExpression(expression: string, shortening: Shortening): string {
  return expression.replace(windowOrString, (whole, ...rest) => {
    const { range, subquery, step, sign, offset }: Record<string, string | undefined> = rest.at(-1)
    if (offset !== undefined) return `offset ${sign}${shorten(offset, shortening, 1)}`
    if (range === undefined) return whole
    const shortStep = step === undefined ? '' : shorten(step, shortening, 1)
    const shortRange = shorten(range, shortening, shortestRangeSeconds)
    return `[${shortRange}${subquery === undefined ? '' : `:${shortStep}`}]`
  })
}

function shorten(window: string, shortening: Shortening, atLeastSeconds: number): string {
  if (typeof shortening !== 'number') {
    const shorter = shortening[window]
    if (shorter === undefined) throw new Error(`no short duration for ${window}`)
    return shorter
  }
  const seconds = Math.ceil(secondsOf(window) / shortening)
  return `${Math.max(seconds, atLeastSeconds)}s`
}

const unitSeconds: Record<string, number> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
}

function secondsOf(window: string): number {
  return [...window.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0),
    0,
  )
}
