import type { z } from 'zod'
import { webAddress } from './formats.ts'

/** Variables of the domain. A fork lists its own here, and names them in `DomainConfig`. */
export const domainVariables = {
  EXTERNAL_API_URL: webAddress.default('https://en.wikipedia.org'),
}

export interface DomainConfig {
  /** Wikipedia, or a server with the same search API; without a trailing slash. */
  readonly externalApiUrl: string
}

export function domainConfig(variables: z.output<z.ZodObject<typeof domainVariables>>): DomainConfig {
  return { externalApiUrl: variables.EXTERNAL_API_URL }
}
