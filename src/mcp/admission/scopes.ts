import { UriTemplate } from '@modelcontextprotocol/server'
import { isAllowed } from '../../auth/caller.ts'
import type { Challenge } from '../../auth/challenge.ts'
import { allScopes, type Catalog } from '../catalog.ts'
import { isObject, type Message } from '../message.ts'
import type { Admission } from './admission.ts'

/** A longer one names nothing that is here. */
const maxUriLength = 10_000

/**
 * Answers a request for something that the caller has no scope for with 403 and what is missing, so that
 * an OAuth client can ask for more and come back ("step-up", RFC 6750, section 3.1). Inside of the protocol
 * that can't be said: an error there has no headers. The stages and handlers check once more.
 */
export function createScopeAdmission(catalog: Catalog, challenge: Challenge): Admission {
  const needs = createNeeds(catalog)
  const known = allScopes(catalog)

  return ({ body, caller }) => {
    if (caller.scopes === 'all') return undefined
    const needed = body.messages.flatMap(needs)
    const missing = [...new Set(needed)].filter((scope) => !isAllowed(caller, scope))
    if (missing.length === 0) return undefined
    const message = `This needs the scope ${missing.map((scope) => `"${scope}"`).join(' and ')}, which your credentials do not have.`
    // With those that the caller has: a client asks for exactly what is listed here, and must not lose any.
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

/** @returns a function that gives the scopes that a message needs: none for what does not exist, or is a list */
function createNeeds({ tools, prompts, resources }: Catalog): (message: Message) => string[] {
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
    // The SDK reads `DOCUMENT://x` as `document://x`.
    const forms = URL.canParse(uri) ? [uri, new URL(uri).href] : [uri]
    return families
      .filter(({ template }) => forms.some((form) => template.match(form) !== null))
      .map(({ scope }) => scope)
  }

  const needs: Readonly<Record<string, (params: Message['params']) => (string | undefined)[]>> = {
    'tools/call': ({ name }) => [scopeOfTool.get(name)],
    'prompts/get': ({ name }) => [scopeOfPrompt.get(name)],
    'resources/read': ({ uri }) => scopesOfUri(uri),
    'completion/complete': ({ ref }) =>
      isObject(ref) ? [scopeOfPrompt.get(ref.name), scopeOfTemplate.get(ref.uri)] : [],
    // Which documents are changed, and when, is told to those only who may read them.
    'subscriptions/listen': ({ notifications }) =>
      isObject(notifications)
        ? [
            ...(notifications.resourcesListChanged ? families.map(({ scope }) => scope) : []),
            ...[notifications.resourceSubscriptions].flat().flatMap(scopesOfUri),
          ]
        : [],
  }

  return ({ method, params }) => {
    if (!Object.hasOwn(needs, method)) return []
    const scopes = needs[method]?.(params) ?? []
    return [...new Set(scopes.filter((scope) => scope !== undefined))]
  }
}
