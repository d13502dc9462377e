export interface Bench {
  readonly file: string
  /** Compares with other servers, which are installed from bench/package.json. */
  readonly peers?: boolean
  /** Needs a database and Redis, which it does not start itself. */
  readonly services?: boolean
  /** Its results are shown in docs/performance.md. */
  readonly documented?: boolean
}

/** By the word that selects it; `calls` runs without one. */
export const benches: Readonly<Record<string, Bench>> = {
  calls: { file: 'bench/main.ts', peers: true, services: true, documented: true },
  scale: { file: 'bench/scale.ts', services: true, documented: true },
  guard: { file: 'bench/guard.ts', peers: true, services: true },
  search: { file: 'bench/search/main.ts' },
}
