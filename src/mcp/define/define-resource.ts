import type { RequiredScopes } from '../../auth/caller.ts'
import type { ToolContext } from './define-tool.ts'

export type ResourceContext = Omit<ToolContext, 'progress' | 'elicit'>

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

/** Variables of a URI template: `a` and `b` for `x://{a}/{+b}`. */
type VariableOf<Template extends string> = Template extends `${string}{${infer Names}}${infer Rest}`
  ?
      | NameIn<Names extends `${'+' | '#' | '.' | '/' | ';' | '?' | '&'}${infer Bare}` ? Bare : Names>
      | VariableOf<Rest>
  : never
type NameIn<Names extends string> = Names extends `${infer First},${infer Rest}`
  ? NameIn<First> | NameIn<Rest>
  : Names extends `${infer Name}*`
    ? Name
    : Names

export interface ResourceOptions<Template extends string> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly mimeType: string
  /** URI template (RFC 6570), such as `document://{id}`. */
  readonly uriTemplate: Template
  /** Required scopes for listing and reading: the caller needs all of them. */
  readonly scopes: RequiredScopes
  /** Has text that callers or external systems wrote. Marks the contents as text of third parties. */
  readonly openWorld?: boolean
  /** How long clients may cache a read, in seconds. */
  readonly ttlSeconds: number
  list(page: { after: string | undefined }, context: ResourceContext): Promise<ResourcePage>
  /** Resolves to text or binary content, or to undefined for an unknown resource. */
  read(variables: Record<VariableOf<Template>, string>, context: ResourceContext): Promise<ResourceContent>
  /** Completes a partially typed variable. */
  readonly complete?: { readonly [Name in VariableOf<Template>]?: Complete }
}

type ResourceContent = string | Uint8Array | undefined
type Complete = (value: string, context: ResourceContext) => Promise<readonly string[]>

export interface Resource extends Omit<ResourceOptions<string>, 'read' | 'complete'> {
  readonly kind: 'resource'
  read(variables: Record<string, string>, context: ResourceContext): Promise<ResourceContent>
  readonly complete?: Readonly<Record<string, Complete>>
}

/** Defines a family of resources, as the default export of a `*.resource.ts` file in `src/resources`. */
export function defineResource<Template extends string>(options: ResourceOptions<Template>): Resource {
  return { ...options, kind: 'resource' } as unknown as Resource
}
