import { isSecretName, redacted, redactText } from '../log/redact.ts'

const maxLength = 4_096
/** A secret that begins before a cut is recognised if it ends within this distance. */
const margin = 4_096

/**
 * JSON of a value, redacted as in the log and cut to 4096 characters. Reads little more of the value than it returns,
 * so that a large value costs no more than a small one.
 */
export function captureContent(value: unknown): string | undefined {
  const json = JSON.stringify(copyOf(value, { left: maxLength }))
  return json?.length > maxLength ? `${json.slice(0, maxLength - 1)}…` : json
}

function copyOf(value: unknown, budget: { left: number }): unknown {
  if (typeof value === 'string') return cut(value, budget)
  if (typeof value !== 'object' || value === null) {
    budget.left -= 4
    return typeof value === 'bigint' ? String(value) : value
  }
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {}
  for (const key in value) {
    if (budget.left <= 0) break
    // Braces, quotes and commas.
    budget.left -= 6
    const field: unknown = value[key as keyof typeof value]
    if (Array.isArray(copy)) copy.push(copyOf(field, budget))
    else copy[cut(key, budget)] = isSecretName(key) ? redacted : copyOf(field, budget)
  }
  return copy
}

/** Redacts before it cuts, and drops the end of the part read, where a secret may be incomplete. */
function cut(text: string, budget: { left: number }): string {
  const end = Math.max(0, budget.left)
  const clean = redactText(text.slice(0, end + margin))
  const complete = text.length > end + margin ? clean.length - margin : clean.length
  const kept = clean.slice(0, Math.max(0, Math.min(end, complete)))
  budget.left -= kept.length
  return kept
}
