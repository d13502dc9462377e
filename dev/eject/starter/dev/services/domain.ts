import type { DomainService } from './service.ts'

/** Services of the domain that `npm start` provides in addition to PostgreSQL and Redis. */
export const domainServices: readonly DomainService[] = []

/** An example call, as arguments of `npm run try`. */
export const exampleCall = 'echo hello'
