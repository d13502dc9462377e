/** Environment variables of the domain, as in `variables.ts`; `DomainConfig` holds their values. */
export const domainVariables = {}

// biome-ignore lint/suspicious/noEmptyInterface: a fork names its settings here
export interface DomainConfig {}

export function domainConfig(_variables: object): DomainConfig {
  return {}
}
