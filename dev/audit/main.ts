/**
 * `tsx dev/audit/main.ts`: asks npm for known vulnerabilities of the locked packages, and holds the answer against
 * `.audit-allow.json`. Exits with 0 for clean, 1 for something to act on, 3 if it could not be checked,
 * which is neither.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describeReport, exitCodeOf, judgeAudit, readAllowList, readReport } from './judge-audit.ts'

const allowListFile = '.audit-allow.json'
const timeoutMs = 120_000

/** npm exits with 1 both for vulnerabilities and for no answer; what it was is in its output. */
function npmAudit(scope: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      'npm',
      ['audit', '--json', ...scope],
      { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 },
      (_error, stdout) => resolve(stdout),
    )
  })
}

const allowed = readAllowList(existsSync(allowListFile) ? readFileSync(allowListFile, 'utf8') : '[]')
const scopes = { production: ['--omit=dev'], all: [] }
const codes: number[] = []
for (const [scope, flags] of Object.entries(scopes)) {
  const verdict = judgeAudit(readReport(await npmAudit(flags)), allowed, new Date())
  console.log(describeReport(scope, verdict))
  codes.push(exitCodeOf(verdict))
}
// What was found counts, even if the rest could not be checked.
process.exit(codes.includes(1) ? 1 : Math.max(...codes))
