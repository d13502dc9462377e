import { UriTemplate } from '@modelcontextprotocol/server'
import type { HttpRejection } from '../../http/reject.ts'
import type { Catalog } from '../catalog.ts'
import { isObject } from '../message.ts'
import type { Admission } from './admission.ts'
import { maxUriLength } from './uri-length.ts'

const noEvents: HttpRejection = {
  reason: 'invalid_request',
  httpStatus: 400,
  message:
    'This subscription would never receive an event: ask for resourcesListChanged or for URIs of the listed resource templates.',
  rpcCode: -32602,
}

/** Rejects streams that could never receive an event, because each holds a connection and a slot. */
export function createIdleStreamRejection({ resources }: Pick<Catalog, 'resources'>): Admission {
  const templates = resources.map(({ uriTemplate }) => new UriTemplate(uriTemplate))

  return ({ body: { isListen, single } }) => {
    if (!isListen) return undefined
    const filter = single?.params.notifications
    if (!isObject(filter) || filter.resourcesListChanged === true) return undefined
    const uris = [filter.resourceSubscriptions].flat()
    const isKnown = (uri: unknown) =>
      typeof uri === 'string' &&
      uri.length <= maxUriLength &&
      templates.some((template) => template.match(uri) !== null)
    return uris.some(isKnown) ? undefined : noEvents
  }
}
