export interface Bench {
  readonly file: string
  /** Needs the other servers of bench/package.json. */
  readonly peers?: boolean
  /** Needs a running database and Redis. */
  readonly services?: boolean
  /** Updates docs/performance.md. */
  readonly documented?: boolean
}

/** Benchmarks by name; the default is `calls`. */
export const benches: Readonly<Record<string, Bench>> = {
  calls: { file: 'bench/main.ts', peers: true, services: true, documented: true },
  factors: { file: 'bench/factors.ts', peers: true, services: true, documented: true },
  scale: { file: 'bench/scale.ts', services: true, documented: true },
  guard: { file: 'bench/guard.ts', peers: true, services: true },
  'end-to-end': { file: 'bench/end-to-end.ts', peers: true, services: true, documented: true },
  image: { file: 'bench/image.ts', documented: true },
  search: { file: 'bench/search/main.ts' },
}
