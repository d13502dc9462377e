export const redacted = '[redacted]'

/** Field names whose values are always redacted. */
const secretName =
  /passw|secret|token|authori[sz]ation|cookie|api[-_]?key|private[-_]?key|credential|bearer|jwt|assertion/i

/** Patterns of secrets in any text. Repetitions before a required character are bounded, so that matching is linear. */
const secretValues: readonly [pattern: RegExp, replacement: string][] = [
  [/\b(Bearer)\s+[\w.~+/=-]{6,}/gi, `$1 ${redacted}`],
  [/\b(authorization["']?\s*[=:]\s*["']?basic)\s+[\w+/=-]+/gi, `$1 ${redacted}`],
  // This server's API keys, of which the id is public.
  [/\b(mcp_[0-9a-f]{12}_)[\w-]{8,}/g, `$1${redacted}`],
  [/\beyJ[\w-]{5,2000}\.[\w-]{5,}\.[\w-]*/g, redacted],
  [/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/:@]*:[^\s/@]+@/gi, `$1${redacted}@`],
  [/((?:password|passwd|secret|token|api[-_]?key)["']?\s*[=:]\s*["']?)[^\s"',;&}]+/gi, `$1${redacted}`],
]

/** Fast path: one test that excludes most texts from the patterns above. */
const suspicious = /bearer|authorization|eyJ|mcp_[0-9a-f]{12}_|:\/\/|passw|secret|token|api.?key/i

const maxDepth = 6

/** Redacts secrets in a value, including nested objects, arrays, errors and their causes. Never throws. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value
  if (depth >= maxDepth) return '[deep]'
  if (value instanceof Error) return redactError(value, depth)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  return redactFields(value as Record<string, unknown>, depth)
}

/** @param clean receives the fields and is returned; existing fields keep their position */
export function redactFields(
  fields: Record<string, unknown>,
  depth = 0,
  clean: Record<string, unknown> = {},
): Record<string, unknown> {
  for (const name of Object.keys(fields)) {
    if (fields[name] === undefined) continue
    clean[name] = isSecretName(name) ? redacted : redact(fields[name], depth + 1)
  }
  return clean
}

/** Memoised results for field names; bounded, because callers can supply names. */
const knownNames = new Map<string, boolean>()
const maxKnownNames = 1_000

export function isSecretName(name: string): boolean {
  let secret = knownNames.get(name)
  if (secret === undefined) {
    secret = secretName.test(name)
    if (knownNames.size < maxKnownNames) knownNames.set(name, secret)
  }
  return secret
}

/** Redacts secrets inside of a text. */
export function redactText(text: string): string {
  if (!suspicious.test(text)) return text
  return secretValues.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text)
}

/** Errors of an AggregateError that are logged. */
const maxErrors = 5

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  const errors =
    'errors' in error && Array.isArray(error.errors) ? error.errors.slice(0, maxErrors) : undefined
  return {
    type: name,
    // Node's AggregateError of a failed connection has no message of its own.
    message: redactText(message || errors?.map(messageOf).join('; ') || String(code ?? '')),
    ...(code === undefined ? {} : { code: redact(code, depth + 1) }),
    stack: stack === undefined ? undefined : redactText(stack),
    ...(errors === undefined ? {} : { errors: redact(errors, depth + 1) }),
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error)
