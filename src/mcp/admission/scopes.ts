import { UriTemplate } from '@modelcontextprotocol/server'
import { isAllowed } from '../../auth/caller.ts'
import type { Challenge } from '../../auth/challenge.ts'
import { allScopes, type Catalog } from '../catalog.ts'
import { isObject, type Message } from '../message.ts'
import type { Admission } from './admission.ts'

/** No resource has a longer URI. */
const maxUriLength = 10_000

/**
 * Rejects calls without the required scope with 403 and a challenge, for OAuth step-up (RFC 6750, section 3.1). A
 * JSON-RPC error could not do that, because it has no headers. The pipeline authorizes again.
 */
export function createScopeAdmission(catalog: Catalog, challenge: Challenge): Admission {
  const requiredScopes = createScopeResolver(catalog)
  const known = allScopes(catalog)

  return ({ body, caller }) => {
    if (caller.scopes === 'all') return undefined
    const required = body.messages.flatMap(requiredScopes)
    const missing = [...new Set(required)].filter((scope) => !isAllowed(caller, scope))
    if (missing.length === 0) return undefined
    const message = `This needs the scope ${missing.map((scope) => `"${scope}"`).join(' and ')}, which your credentials do not have.`
    // Includes the caller's current scopes, because a client requests exactly the listed ones.
    const scopes = known.filter((scope) => isAllowed(caller, scope) || missing.includes(scope))
    return {
      reason: 'insufficient_scope',
      httpStatus: 403,
      message,
      headers: {
        'www-authenticate': challenge({ error: 'insufficient_scope', description: message, scopes }),
      },
    }
  }
}

/** @returns a function that maps a message to its required scopes: none for lists and unknown names */
function createScopeResolver({ tools, prompts, resources }: Catalog): (message: Message) => string[] {
  const scopeOfTool = new Map<unknown, string>(tools.map(({ name, scope }) => [name, scope]))
  const scopeOfPrompt = new Map<unknown, string>(prompts.map(({ name, scope }) => [name, scope]))
  const scopeOfTemplate = new Map<unknown, string>(
    resources.map(({ uriTemplate, scope }) => [uriTemplate, scope]),
  )
  const families = resources.map(({ uriTemplate, scope }) => ({
    template: new UriTemplate(uriTemplate),
    scope,
  }))

  function scopesOfUri(uri: unknown): string[] {
    if (typeof uri !== 'string' || uri.length > maxUriLength) return []
    // The SDK normalises `DOCUMENT://x` to `document://x`.
    const forms = URL.canParse(uri) ? [uri, new URL(uri).href] : [uri]
    return families
      .filter(({ template }) => forms.some((form) => template.match(form) !== null))
      .map(({ scope }) => scope)
  }

  const byMethod: Readonly<Record<string, (params: Message['params']) => (string | undefined)[]>> = {
    'tools/call': ({ name }) => [scopeOfTool.get(name)],
    'prompts/get': ({ name }) => [scopeOfPrompt.get(name)],
    'resources/read': ({ uri }) => scopesOfUri(uri),
    'completion/complete': ({ ref }) =>
      isObject(ref) ? [scopeOfPrompt.get(ref.name), scopeOfTemplate.get(ref.uri)] : [],
    // Change events reveal which resources exist, so they need the scope for reading them.
    'subscriptions/listen': ({ notifications }) =>
      isObject(notifications)
        ? [
            ...(notifications.resourcesListChanged ? families.map(({ scope }) => scope) : []),
            ...[notifications.resourceSubscriptions].flat().flatMap(scopesOfUri),
          ]
        : [],
  }

  return ({ method, params }) => {
    if (!Object.hasOwn(byMethod, method)) return []
    const scopes = byMethod[method]?.(params) ?? []
    return [...new Set(scopes.filter((scope) => scope !== undefined))]
  }
}
