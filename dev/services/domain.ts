import { provideExternalApi } from './external-api.ts'
import type { Service } from './service.ts'

export interface DomainService {
  /** How `npm start` names it. */
  readonly name: string
  /** The variable of the environment that says where it is; started only where this is not set. */
  readonly variable: string
  /** @returns the running service, or a description of what answers without being started */
  start(log: (text: string) => void): Promise<Service | string>
}

/** Services of the domain that `npm start` provides beside PostgreSQL and Redis. */
export const domainServices: readonly DomainService[] = [
  { name: 'External API', variable: 'EXTERNAL_API_URL', start: provideExternalApi },
]

/** A call that shows something at once, as arguments of `npm run try`. */
export const exampleCall = 'search "burn rate"'
