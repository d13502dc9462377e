import type { ScenarioResult } from './suite.ts'

/** What is known and accepted of one revision. */
export interface Baseline {
  /** How many scenarios the revision requires. */
  readonly scenarios: number
  /** Scenarios that fail, each with the reason. */
  readonly expectedFailures: Readonly<Record<string, string>>
}

export interface Verdict {
  readonly passed: number
  readonly expected: number
  /** Everything that must not be, each as a sentence. */
  readonly problems: readonly string[]
}

/** Fewer scenarios than required are problems too, or else a suite that ran nothing would pass. */
export function judge(results: readonly ScenarioResult[], baseline: Baseline): Verdict {
  const known = baseline.expectedFailures
  const problems: string[] = []
  for (const { name, passed, failures } of results) {
    if (!passed && !Object.hasOwn(known, name)) problems.push(`${name} fails: ${failures.join('; ')}`)
    if (passed && Object.hasOwn(known, name))
      problems.push(`${name} passes: take it out of the baseline, which says it fails`)
  }
  for (const name of Object.keys(known)) {
    if (!results.some((result) => result.name === name))
      problems.push(`${name} did not run: the baseline says it fails`)
  }
  if (results.length < baseline.scenarios)
    problems.push(`only ${results.length} of ${baseline.scenarios} scenarios ran`)
  return {
    passed: results.filter(({ name, passed }) => passed && !Object.hasOwn(known, name)).length,
    expected: results.filter(({ name, passed }) => !passed && Object.hasOwn(known, name)).length,
    problems,
  }
}
