import { provideExternalApi } from './external-api.ts'
import type { DomainService } from './service.ts'

/** Services of the domain that `npm start` provides in addition to PostgreSQL and Redis. */
export const domainServices: readonly DomainService[] = [
  { name: 'External API', variable: 'EXTERNAL_API_URL', start: provideExternalApi },
]

/** An example call, as arguments of `npm run try`. */
export const exampleCall = 'search "burn rate"'
