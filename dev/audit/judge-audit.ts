import { ExpectedError } from '../lib/expected-error.ts'

/** A known vulnerability of a locked package. */
export interface Advisory {
  /** `GHSA-…`, else npm's own number. */
  readonly id: string
  readonly severity: string
  readonly package: string
  readonly title: string
  readonly url: string
}

export type AuditReport = { readonly advisories: readonly Advisory[] } | { readonly unchecked: string }

/** An advisory that is accepted until a date. */
export interface Exemption {
  readonly id: string
  readonly reason: string
  /** The last valid day, `YYYY-MM-DD`. */
  readonly expires: string
}

// biome-ignore lint/suspicious/noExplicitAny: output of npm, read with defaults
type Json = any

/** Parses the output of `npm audit --json`; output in any other form counts as unchecked. */
export function readReport(output: string): AuditReport {
  let report: Json
  try {
    report = JSON.parse(output)
  } catch {
    return { unchecked: output.trim() === '' ? 'no output from npm' : 'output of npm is not JSON' }
  }
  if (typeof report?.vulnerabilities !== 'object' || report.auditReportVersion !== 2)
    return { unchecked: String(report?.message ?? report?.error?.summary ?? 'no report from npm') }
  const advisories = new Map<string, Advisory>()
  // A string in `via` names the dependency through which a package is affected.
  for (const { via } of Object.values<Json>(report.vulnerabilities))
    for (const { url, source, severity, name, title } of via.filter(
      (one: unknown) => typeof one === 'object',
    )) {
      const id = /GHSA-[\w-]+/.exec(url)?.[0] ?? String(source)
      advisories.set(`${id} ${name}`, { id, severity, package: name, title, url })
    }
  return { advisories: [...advisories.values()] }
}

/** @throws ExpectedError on an invalid entry */
export function readAllowList(text: string): readonly Exemption[] {
  const entries = JSON.parse(text) as Partial<Exemption>[]
  return entries.map(({ id, reason, expires = '' }, index) => {
    if (!id || !reason || !/^\d{4}-\d\d-\d\d$/.test(expires) || Number.isNaN(Date.parse(expires)))
      throw new ExpectedError(
        `.audit-allow.json, entry ${index + 1}: needs id, reason, and expires as YYYY-MM-DD`,
      )
    return { id, reason, expires }
  })
}

/**
 * @param scope heads the text
 * @returns exit code 0 for clean, 1 for action needed, 3 for not checked, which is neither
 */
export function judgeAudit(scope: string, report: AuditReport, exemptions: readonly Exemption[], now: Date) {
  if ('unchecked' in report)
    return { exitCode: 3, text: `${scope}: COULD NOT BE CHECKED: ${report.unchecked}` }
  const today = now.toISOString().slice(0, 10)
  const expired = exemptions.filter(({ expires }) => expires < today)
  const valid = new Set(exemptions.filter(({ expires }) => expires >= today).map(({ id }) => id))
  const open = report.advisories.filter(({ id }) => !valid.has(id))
  const allowed = report.advisories.length - open.length
  const lines = [
    `${scope}: ${open.length} advisories to act on, ${allowed} allowed, ${expired.length} exemptions expired`,
    ...open.map((one) => `  ${one.severity} ${one.package}: ${one.title} (${one.id}, ${one.url})`),
    ...expired.map(({ id, expires }) => `  the exemption of ${id} expired on ${expires}`),
  ]
  return { exitCode: open.length + expired.length === 0 ? 0 : 1, text: lines.join('\n') }
}
