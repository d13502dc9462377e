/** A violated rule with examples. */
export interface Finding {
  readonly problem: string
  /** Number of violations. */
  count: number
  /** The first cases or log lines. */
  readonly examples: string[]
}

const maxExamples = 3

export interface Findings {
  add(problem: string, example: string): void
  all(): readonly Finding[]
}

export function createFindings(): Findings {
  const byProblem = new Map<string, Finding>()
  return {
    add(problem, example) {
      const finding = byProblem.get(problem) ?? { problem, count: 0, examples: [] }
      byProblem.set(problem, finding)
      finding.count++
      if (finding.examples.length < maxExamples) finding.examples.push(example.slice(0, 1_500))
    },
    all: () => [...byProblem.values()],
  }
}
