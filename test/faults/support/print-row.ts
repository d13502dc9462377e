export interface Row {
  readonly fault: string
  readonly observed: string
  /** `–` if the service was never interrupted. */
  readonly recoverySeconds: number | '–'
  readonly lostWrites: string
}

/** Prints one row of the table in `docs/guides/faults.md`. */
export function printRow({ fault, observed, recoverySeconds, lostWrites }: Row): void {
  const recovery = recoverySeconds === '–' ? '–' : recoverySeconds.toFixed(1)
  console.log(`| ${fault} | ${observed} | ${recovery} | ${lostWrites} |`)
}
