/** Entries that a load skipped for one reason, with some of their paths. */
export interface LeftOut {
  readonly reason: string
  readonly count: number
  readonly examples: readonly string[]
}

const maxExamples = 3

export function createLeftOut() {
  const reasons = new Map<string, { reason: string; count: number; examples: string[] }>()
  return {
    add(reason: string, path: string): void {
      const entry = reasons.get(reason) ?? { reason, count: 0, examples: [] }
      reasons.set(reason, entry)
      entry.count++
      if (entry.examples.length < maxExamples) entry.examples.push(path)
    },
    all: (): LeftOut[] => [...reasons.values()],
  }
}
