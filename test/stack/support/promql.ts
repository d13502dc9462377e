/** Parses metric and label names: enough of PromQL's grammar to distinguish metrics from functions and labels. */

export interface Matcher {
  readonly label: string
  readonly operator: string
  readonly value: string
}

export interface Selector {
  readonly metric: string
  readonly matchers: readonly Matcher[]
}

export interface Names {
  readonly selectors: readonly Selector[]
  /** Labels of by, without, on, ignoring and group_*, except labels that the expression creates. */
  readonly grouping: readonly string[]
}

const token =
  /\s+|#[^\n]*|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(?<number>\d[\w.]*)|(?<name>[a-zA-Z_:][\w:]*)|(?<sign>=~|!~|!=|==|>=|<=|.)/gs
const grouping = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'])
const operators = new Set(['and', 'or', 'unless', 'atan2', 'bool', 'offset', 'inf', 'nan'])
const aggregations = new Set(
  'sum min max avg group stddev stdvar count count_values bottomk topk quantile'.split(' '),
)
const labelFunctions = new Set(['label_replace', 'label_join', 'count_values'])

interface Token {
  readonly kind: 'text' | 'number' | 'name' | 'sign'
  readonly value: string
}

export function namesIn(expression: string): Names {
  const tokens = tokenize(expression)
  const selectors: Selector[] = []
  const groupingLabels: string[] = []
  const createdLabels: string[] = []
  let at = 0
  const peek = (ahead = 0): string | undefined => tokens[at + ahead]?.value

  function labelList(): string[] {
    const labels: string[] = []
    for (at += 1; at < tokens.length && peek() !== ')'; at++)
      if (tokens[at]?.kind === 'name') labels.push(peek() ?? '')
    return labels
  }

  function matchers(): Matcher[] {
    const found: Matcher[] = []
    for (at += 1; at < tokens.length && peek() !== '}'; at++) {
      const [label, operator, value] = [tokens[at], tokens[at + 1], tokens[at + 2]]
      if (label?.kind !== 'name' || value?.kind !== 'text') continue
      found.push({ label: label.value, operator: operator?.value ?? '', value: unquote(value.value) })
      at += 2
    }
    return found
  }

  for (; at < tokens.length; at++) {
    const { kind, value } = tokens[at] as Token
    if (kind === 'sign' && value === '[') while (at < tokens.length && peek() !== ']') at++
    else if (kind === 'sign' && value === '{') addSelector(matchers())
    else if (kind !== 'name' || operators.has(value.toLowerCase())) continue
    else if (grouping.has(value)) {
      if (peek(1) !== '(') continue
      at++
      groupingLabels.push(...labelList())
    } else if (labelFunctions.has(value)) createdLabels.push(firstText(tokens, at))
    else if (peek(1) === '(' || aggregations.has(value)) continue
    else if (peek(1) === '{') {
      at++
      selectors.push({ metric: value, matchers: matchers() })
    } else selectors.push({ metric: value, matchers: [] })
  }

  function addSelector(found: Matcher[]): void {
    const name = found.find(({ label, operator }) => label === '__name__' && operator === '=')
    if (name === undefined) throw new Error(`selector without a metric name: ${expression}`)
    selectors.push({ metric: name.value, matchers: found.filter((matcher) => matcher !== name) })
  }

  return { selectors, grouping: groupingLabels.filter((label) => !createdLabels.includes(label)) }
}

function tokenize(expression: string): Token[] {
  return [...expression.matchAll(token)].flatMap(({ groups = {} }) =>
    (['text', 'number', 'name', 'sign'] as const).flatMap((kind) => {
      const value = groups[kind]
      return value === undefined ? [] : [{ kind, value }]
    }),
  )
}

/** The first string argument of a call: for label_replace, label_join and count_values the label they create. */
function firstText(tokens: readonly Token[], call: number): string {
  let depth = 0
  for (const { kind, value } of tokens.slice(call)) {
    if (kind === 'sign' && /^[({]$/.test(value)) depth++
    if (kind === 'sign' && /^[)}]$/.test(value)) depth--
    if (kind === 'text' && depth === 1) return unquote(value)
  }
  return ''
}

const unquote = (text: string): string => text.slice(1, -1).replace(/\\(.)/g, '$1')
