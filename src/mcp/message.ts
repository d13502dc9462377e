/** Maximum nesting: real messages have about ten levels, recursive readers overflow the stack at thousands. */
export const maxDepth = 100
/** Maximum JSON values of a body, counted before parsing: each costs far more memory and time than its text. */
export const maxValues = 10_000

/** A leniently parsed JSON-RPC message: any field may be missing or invalid. */
export interface Message {
  /** '' if missing. */
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  /** Notifications have none. */
  readonly id: string | number | undefined
  /** Name of the requested tool or prompt. */
  readonly name: string | undefined
}

/** A request's body, parsed once for admission, SDK and observation. */
export interface Body {
  /** For the SDK; undefined if the text is not JSON. */
  readonly json: unknown
  readonly messages: readonly Message[]
  /** The message, unless the request is a batch. */
  readonly single: Message | undefined
  /** Whether the request opens a `subscriptions/listen` stream. */
  readonly isListen: boolean
}

/** @returns the exceeded limit for JSON that would be expensive to parse */
export function parseBody(text: string): Body | 'too deep' | 'too many values' {
  const exceeded = exceededLimit(text)
  if (exceeded) return exceeded
  try {
    return toBody(JSON.parse(text))
  } catch {
    return toBody(undefined)
  }
}

export function toBody(json: unknown): Body {
  if (Array.isArray(json)) return { json, messages: json.map(toMessage), single: undefined, isListen: false }
  const single = toMessage(json)
  return { json, messages: [single], single, isListen: single.method === 'subscriptions/listen' }
}

export function toMessage(value: unknown): Message {
  const { method, params, id } = isObject(value) ? value : {}
  const values = isObject(params) ? params : {}
  return {
    method: typeof method === 'string' ? method : '',
    params: values,
    id: typeof id === 'string' || typeof id === 'number' ? id : undefined,
    name: typeof values.name === 'string' ? values.name : undefined,
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const quote = 0x22
const backslash = 0x5c
const [openBracket, openBrace] = [0x5b, 0x7b]
const [closeBracket, closeBrace] = [0x5d, 0x7d]
const comma = 0x2c

function exceededLimit(text: string): 'too deep' | 'too many values' | undefined {
  let depth = 0
  // Every value but the first of a list follows a comma, and the first follows a bracket.
  let values = 1
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === backslash) at++
      else if (code === quote) inString = false
    } else if (code === quote) {
      inString = true
    } else if (code === openBracket || code === openBrace) {
      if (++depth > maxDepth) return 'too deep'
      if (++values > maxValues) return 'too many values'
    } else if (code === comma) {
      if (++values > maxValues) return 'too many values'
    } else if (code === closeBracket || code === closeBrace) {
      depth--
    }
  }
  return undefined
}
