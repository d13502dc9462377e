export interface Row {
  readonly fault: string
  readonly seen: string
  /** `–` where there is nothing to recover from. */
  readonly recoverySeconds: number | '–'
  readonly lostWrites: string
}

/** Prints one row of the table in `docs/guides/faults.md`: fault, what callers saw, recovery in seconds, lost writes. */
export function printRow({ fault, seen, recoverySeconds, lostWrites }: Row): void {
  const recovery = recoverySeconds === '–' ? '–' : recoverySeconds.toFixed(1)
  console.log(`| ${fault} | ${seen} | ${recovery} | ${lostWrites} |`)
}
