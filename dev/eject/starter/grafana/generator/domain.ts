import type { Panel } from './model.ts'

/** Panels on the health of this server's own dependencies, below those of the stores. */
export const domainHealth: readonly Panel[] = []
