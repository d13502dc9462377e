import type { Panel } from './model.ts'

/** Panels for the health of domain dependencies, below those of the stores. */
export const domainHealth: readonly Panel[] = []
