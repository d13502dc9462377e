import { UriTemplate } from '@modelcontextprotocol/server'
import { isAllowed, lacksScopes } from '../../auth/caller.ts'
import type { Challenge } from '../../auth/challenge.ts'
import { allScopes, type Catalog } from '../catalog.ts'
import { isObject, type Message } from '../message.ts'
import type { Admission } from './admission.ts'
import { maxUriLength } from './uri-length.ts'

export interface ScopeAdmissionOptions {
  readonly challenge: Challenge
  /** Clients can request the missing scopes. */
  readonly canStepUp: boolean
}

/**
 * Rejects calls without a required scope with 403 and a challenge, for OAuth step-up (RFC 6750, section 3.1). A
 * JSON-RPC error could not do that, because it has no headers. The pipeline authorizes again.
 */
export function createScopeAdmission(
  catalog: Catalog,
  { challenge, canStepUp }: ScopeAdmissionOptions,
): Admission {
  const requiredScopes = createScopeResolver(catalog)
  const known = allScopes(catalog)

  return ({ body, caller }) => {
    if (caller.scopes === 'all') return undefined
    const required = body.messages.flatMap(requiredScopes)
    const missing = [...new Set(required)].filter((scope) => !isAllowed(caller, [scope]))
    if (missing.length === 0) return undefined
    const message = `This ${lacksScopes(missing)}`
    // Includes the caller's current scopes, because a client requests exactly the listed ones.
    const scopes = known.filter((scope) => isAllowed(caller, [scope]) || missing.includes(scope))
    return {
      reason: 'insufficient_scope',
      httpStatus: 403,
      message,
      // An OAuth client needs the challenge.
      failsCall: !canStepUp,
      headers: {
        'www-authenticate': challenge({ error: 'insufficient_scope', description: message, scopes }),
      },
    }
  }
}

/** @returns a function that maps a message to its required scopes: none for lists and unknown names */
function createScopeResolver({
  tools,
  prompts,
  resources,
}: Catalog): (message: Message) => readonly string[] {
  const ofTool = new Map<unknown, readonly string[]>(tools.map(({ name, scopes }) => [name, scopes]))
  const ofPrompt = new Map<unknown, readonly string[]>(prompts.map(({ name, scopes }) => [name, scopes]))
  const ofTemplate = new Map<unknown, readonly string[]>(
    resources.map(({ uriTemplate, scopes }) => [uriTemplate, scopes]),
  )
  const families = resources.map(({ uriTemplate, scopes }) => ({
    template: new UriTemplate(uriTemplate),
    scopes,
  }))

  function scopesOfUri(uri: unknown): string[] {
    if (typeof uri !== 'string' || uri.length > maxUriLength) return []
    // The SDK normalises `DOCUMENT://x` to `document://x`.
    const forms = URL.canParse(uri) ? [uri, new URL(uri).href] : [uri]
    return families
      .filter(({ template }) => forms.some((form) => template.match(form) !== null))
      .flatMap(({ scopes }) => scopes)
  }

  const byMethod: Readonly<Record<string, (params: Message['params']) => readonly string[]>> = {
    'tools/call': ({ name }) => ofTool.get(name) ?? [],
    'prompts/get': ({ name }) => ofPrompt.get(name) ?? [],
    'resources/read': ({ uri }) => scopesOfUri(uri),
    'completion/complete': ({ ref }) =>
      isObject(ref) ? [...(ofPrompt.get(ref.name) ?? []), ...(ofTemplate.get(ref.uri) ?? [])] : [],
    // Change events reveal which resources exist, so they need the scope for reading them.
    'subscriptions/listen': ({ notifications }) =>
      isObject(notifications)
        ? [
            ...(notifications.resourcesListChanged ? families.flatMap(({ scopes }) => scopes) : []),
            ...[notifications.resourceSubscriptions].flat().flatMap(scopesOfUri),
          ]
        : [],
  }

  return ({ method, params }) => {
    if (!Object.hasOwn(byMethod, method)) return []
    return byMethod[method]?.(params) ?? []
  }
}
