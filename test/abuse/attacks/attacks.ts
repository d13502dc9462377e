import type { Attack } from './attack.ts'
import { documentAttacks } from './documents.ts'
import { externalApiAttacks } from './external-api.ts'
import { requestAttacks } from './requests.ts'
import { responseAttacks } from './responses.ts'
import { unauthenticatedAttacks } from './unauthenticated.ts'

export const attacks: readonly Attack[] = [
  ...requestAttacks,
  ...responseAttacks,
  ...documentAttacks,
  ...externalApiAttacks,
  ...unauthenticatedAttacks,
]
