import { ExpectedError } from '../lib/expected-error.ts'

/** An advisory that npm has for a package that is locked here. */
export interface Advisory {
  /** `GHSA-…` where it is known, else npm's own number. */
  readonly id: string
  readonly severity: string
  readonly package: string
  readonly title: string
  readonly url: string
}

export type AuditReport = { readonly advisories: readonly Advisory[] } | { readonly unchecked: string }

/** An advisory that is known and lived with until a day. */
export interface Allowed {
  readonly id: string
  /** Why it does no harm here, for who reads the file. */
  readonly reason: string
  /** The last day it holds, `YYYY-MM-DD`. */
  readonly expires: string
}

export type AuditVerdict =
  | { readonly unchecked: string }
  | {
      /** Not allowed, or not any more. */
      readonly open: readonly Advisory[]
      readonly allowed: readonly Advisory[]
      readonly expired: readonly Allowed[]
    }

// biome-ignore lint/suspicious/noExplicitAny: whatever npm has written
type Json = any

/** Reads what `npm audit --json` has written. Anything that is no report of this shape means: not checked. */
export function readReport(output: string): AuditReport {
  let report: Json
  try {
    report = JSON.parse(output)
  } catch {
    return { unchecked: output.trim() === '' ? 'npm gave no answer' : 'npm gave no JSON' }
  }
  if (typeof report?.vulnerabilities !== 'object' || report.auditReportVersion !== 2) {
    return { unchecked: String(report?.message ?? report?.error?.summary ?? 'npm gave no report') }
  }
  const advisories = new Map<string, Advisory>()
  for (const { via } of Object.values<Json>(report.vulnerabilities)) {
    // A text names another package of the report, through which this one is affected.
    for (const cause of via.filter((one: unknown) => typeof one === 'object')) {
      const id = /GHSA-[\w-]+/.exec(cause.url)?.[0] ?? String(cause.source)
      const { severity, name, title, url } = cause
      advisories.set(`${id} ${name}`, { id, severity, package: name, title, url })
    }
  }
  return { advisories: [...advisories.values()] }
}

/** @throws ExpectedError that says which entry is wrong */
export function readAllowList(text: string): readonly Allowed[] {
  const entries = JSON.parse(text) as Partial<Allowed>[]
  return entries.map(({ id, reason, expires }, index) => {
    const complete = id && reason && expires && /^\d{4}-\d\d-\d\d$/.test(expires) && Date.parse(expires)
    if (!complete) {
      throw new ExpectedError(
        `.audit-allow.json, entry ${index + 1}: needs id, reason, and expires as YYYY-MM-DD`,
      )
    }
    return { id, reason, expires }
  })
}

export function judgeAudit(report: AuditReport, allowed: readonly Allowed[], now: Date): AuditVerdict {
  if ('unchecked' in report) return report
  const today = now.toISOString().slice(0, 10)
  const expired = allowed.filter(({ expires }) => expires < today)
  const valid = new Set(allowed.filter((entry) => !expired.includes(entry)).map(({ id }) => id))
  return {
    open: report.advisories.filter(({ id }) => !valid.has(id)),
    allowed: report.advisories.filter(({ id }) => valid.has(id)),
    expired,
  }
}

/** 0: clean. 1: something to act on. 3: could not be checked; the caller decides what that means, but it is not clean. */
export function exitCodeOf(verdict: AuditVerdict): 0 | 1 | 3 {
  if ('unchecked' in verdict) return 3
  return verdict.open.length === 0 && verdict.expired.length === 0 ? 0 : 1
}

export function describeReport(scope: string, verdict: AuditVerdict): string {
  if ('unchecked' in verdict) return `${scope}: COULD NOT BE CHECKED: ${verdict.unchecked}`
  const { open, allowed, expired } = verdict
  const lines = [
    `${scope}: ${open.length} advisories to act on, ${allowed.length} allowed, ${expired.length} allowances expired`,
  ]
  for (const { id, severity, package: name, title, url } of open)
    lines.push(`  ${severity} ${name}: ${title} (${id}, ${url})`)
  for (const { id, expires } of expired) lines.push(`  the allowance of ${id} expired on ${expires}`)
  return lines.join('\n')
}
