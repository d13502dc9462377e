import type { Service } from './service.ts'

export interface DomainService {
  /** Name in the output of `npm start`. */
  readonly name: string
  /** Environment variable with its URL; the service starts only if this is unset. */
  readonly variable: string
  /** @returns the running service, or the description of one that needs no start */
  start(): Promise<Service | string>
}

/** Services of the domain that `npm start` provides in addition to PostgreSQL and Redis. */
export const domainServices: readonly DomainService[] = []

/** An example call, as arguments of `npm run try`. */
export const exampleCall = 'echo hello'
