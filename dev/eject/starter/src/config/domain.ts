/** Variables of what this server is about: name and form, as in `variables.ts`. `DomainConfig` names their values. */
export const domainVariables = {}

// biome-ignore lint/suspicious/noEmptyInterface: a fork names its settings here
export interface DomainConfig {}

export function domainConfig(_variables: object): DomainConfig {
  return {}
}
