import type { z } from 'zod'
import { webAddress, wholeNumber } from './formats.ts'

/** Variables of the domain. A fork lists its own here, and names them in `DomainConfig`. */
export const domainVariables = {
  EXTERNAL_API_URL: webAddress.default('https://en.wikipedia.org'),
  MAX_DOCUMENTS: wholeNumber(0, 1_000_000).default(10_000),
  MAX_DOCUMENTS_PER_CALLER: wholeNumber(0, 1_000_000).default(1_000),
}

export interface DomainConfig {
  /** Wikipedia, or a server with the same search API; without a trailing slash. */
  readonly externalApiUrl: string
  /** Maximum numbers of documents that callers have added. */
  readonly documentQuota: { readonly total: number; readonly perCaller: number }
}

export function domainConfig(variables: z.output<z.ZodObject<typeof domainVariables>>): DomainConfig {
  return {
    externalApiUrl: variables.EXTERNAL_API_URL,
    documentQuota: { total: variables.MAX_DOCUMENTS, perCaller: variables.MAX_DOCUMENTS_PER_CALLER },
  }
}
