import type { RequiredScopes } from '../../auth/caller.ts'
import type { ToolContext } from './define-tool.ts'

export type ResourceContext = Omit<ToolContext, 'progress'>

export interface ResourceEntry {
  readonly uri: string
  readonly name: string
  readonly title?: string
  readonly size?: number
  readonly lastModified?: Date
}

export interface ResourcePage {
  readonly resources: readonly ResourceEntry[]
  /** Start of the next page; undefined on the last one. Encoded as an opaque cursor for clients. */
  readonly next?: string | undefined
}

export interface ResourceOptions<Variable extends string> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly mimeType: string
  /** URI template (RFC 6570), such as `document://{id}`. */
  readonly uriTemplate: string
  /** Required scopes for listing and reading: the caller needs all of them. */
  readonly scopes: RequiredScopes
  /** Has text that callers or external systems wrote. Marks the contents. */
  readonly openWorld?: boolean
  /** How long clients may cache a read, in seconds. */
  readonly ttlSeconds: number
  list(page: { after: string | undefined }, context: ResourceContext): Promise<ResourcePage>
  /** Resolves to the text, or to undefined for an unknown resource. */
  read(variables: Record<Variable, string>, context: ResourceContext): Promise<string | undefined>
  /** Completes a partially typed variable. */
  readonly complete: Record<Variable, (value: string, context: ResourceContext) => Promise<readonly string[]>>
}

export interface Resource extends Omit<ResourceOptions<string>, never> {
  readonly kind: 'resource'
}

/** Defines a family of resources, as the default export of a `*.resource.ts` file in `src/resources`. */
export function defineResource<Variable extends string>(options: ResourceOptions<Variable>): Resource {
  return { ...options, kind: 'resource' } as unknown as Resource
}
