import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runWithNode24 } from './command.ts'

const suitePackage = '@modelcontextprotocol/conformance@0.2.0-alpha.12'

export interface ScenarioResult {
  readonly name: string
  readonly passed: boolean
  /** Failure messages of the suite. */
  readonly failures: readonly string[]
  /** Violated SHOULD requirements; they fail no scenario. */
  readonly warnings: readonly string[]
}

interface Check {
  readonly id: string
  readonly status: string
  readonly errorMessage?: string
  readonly details?: { readonly message?: string }
}

/**
 * Runs the required server scenarios of one protocol revision. Excludes optional scenarios, which the suite runs
 * but does not score.
 */
export async function runSuite(
  revision: string,
  url: string,
  { folder, signal }: { folder: string; signal: AbortSignal },
): Promise<ScenarioResult[]> {
  const { exitCode, stdout, stderr } = await runWithNode24(
    suitePackage,
    ['conformance', 'server', '--url', url, '--requirements', revision, '--output-dir', folder],
    { cwd: folder, signal },
  )
  const [, summary = ''] = stdout.split('=== SUMMARY ===')
  const [scored = '', unscored = ''] = summary.split(/^Not scored for /m)
  const optional = new Set([...unscored.matchAll(/^ {2}[✓✗] (\S+) \(/gm)].map(([, name]) => name))
  const scenarios = [...scored.matchAll(/^[✓✗] (\S+): \d+ passed, (\d+) failed$/gm)]
    .map(([, name = '', failed]) => ({ name, passed: failed === '0' }))
    .filter(({ name }) => !optional.has(name))

  if (scenarios.length === 0)
    throw new Error(`The suite printed no results (exit code ${exitCode}):\n${stdout}${stderr}`)
  const checks = await readChecks(folder)
  return scenarios.map(({ name, passed }) => {
    const messages = (status: string) =>
      (checks.get(name) ?? [])
        .filter((check) => check.status === status)
        .map((check) => `${check.id}: ${check.errorMessage ?? check.details?.message ?? 'no message'}`)
    return { name, passed, failures: messages('FAILURE'), warnings: messages('WARNING') }
  })
}

/** The suite writes each scenario's checks to `server-SCENARIO-TIME/checks.json`. */
async function readChecks(folder: string): Promise<Map<string, Check[]>> {
  const checks = new Map<string, Check[]>()
  for (const entry of await readdir(folder)) {
    const [, name] = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(entry) ?? []
    if (name === undefined) continue
    checks.set(name, JSON.parse(await readFile(join(folder, entry, 'checks.json'), 'utf8')) as Check[])
  }
  return checks
}
