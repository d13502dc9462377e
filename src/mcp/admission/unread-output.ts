import type { ServerResponse } from 'node:http'
import type { EarlyAdmission } from './admission.ts'
import { overloaded } from './load-shedding.ts'

/** Unread bytes of a caller's responses, from which on its requests are rejected. */
const maxUnreadBytes = 8 * 1024 * 1024

/**
 * Bounds the memory of responses that a caller does not read. Calls that are already running may exceed the bound by
 * their own responses.
 */
export function createUnreadOutputLimit(maxBytes = maxUnreadBytes): EarlyAdmission {
  const openOf = new Map<string, Set<ServerResponse>>()

  return ({ res, owner }) => {
    if (res.destroyed) return undefined
    const open = openOf.get(owner) ?? new Set()
    if (unreadBytes(open) > maxBytes) return overloaded('limit of unread responses of a caller', 1)
    openOf.set(owner, open.add(res))
    res.once('close', () => {
      open.delete(res)
      if (open.size === 0) openOf.delete(owner)
    })
    return undefined
  }
}

function unreadBytes(open: ReadonlySet<ServerResponse>): number {
  let bytes = 0
  open.forEach((res) => {
    bytes += res.writableLength
  })
  return bytes
}
