import type { ScenarioResult } from './suite.ts'

/** Expected results of one protocol revision. */
export interface Baseline {
  /** Number of scenarios that the revision requires. */
  readonly scenarios: number
  /** Accepted failures by scenario, with the reason. */
  readonly expectedFailures: Readonly<Record<string, string>>
}

export interface Comparison {
  readonly passed: number
  readonly expected: number
  /** Deviations from the baseline, one sentence each. */
  readonly problems: readonly string[]
}

/** Counts missing scenarios as problems, because an empty run would otherwise pass. */
export function compareWithBaseline(results: readonly ScenarioResult[], baseline: Baseline): Comparison {
  const { expectedFailures } = baseline
  const problems: string[] = []
  for (const { name, passed, failures } of results) {
    if (!passed && !Object.hasOwn(expectedFailures, name))
      problems.push(`${name} fails: ${failures.join('; ')}`)
    if (passed && Object.hasOwn(expectedFailures, name))
      problems.push(`${name} passes: remove it from the expected failures of the baseline`)
  }
  for (const name of Object.keys(expectedFailures)) {
    if (!results.some((result) => result.name === name))
      problems.push(`${name} did not run, although the baseline expects it to fail`)
  }
  if (results.length < baseline.scenarios)
    problems.push(`only ${results.length} of ${baseline.scenarios} scenarios ran`)
  return {
    passed: results.filter(({ name, passed }) => passed && !Object.hasOwn(expectedFailures, name)).length,
    expected: results.filter(({ name, passed }) => !passed && Object.hasOwn(expectedFailures, name)).length,
    problems,
  }
}
