export interface LineBudgetOptions {
  readonly perSecond: number
  /** Called at the end of a second with suppressed lines. */
  readonly onSuppressed: (lines: number) => void
}

/** @returns a function that takes a log line from the budget of the current second; false if it is used up */
export function createLineBudget({ perSecond, onSuppressed }: LineBudgetOptions): () => boolean {
  let lines = 0

  function endSecond(): void {
    if (lines > perSecond) onSuppressed(lines - perSecond)
    lines = 0
  }

  return () => {
    if (lines === 0) setTimeout(endSecond, 1_000).unref()
    return ++lines <= perSecond
  }
}
