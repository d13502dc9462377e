import type { ServerResponse } from 'node:http'
import type { EarlyAdmission } from './admission.ts'
import { overloaded } from './load-shedding.ts'

/** Unread bytes of a caller's responses, beyond which its requests are rejected. */
const maxUnreadBytes = 8 * 1024 * 1024

/**
 * Bounds the memory of responses that a caller does not read. Calls that are already running may exceed the bound by
 * their own responses.
 */
export function createUnreadOutputLimit(maxBytes = maxUnreadBytes): EarlyAdmission {
  const openOf = new Map<string, ServerResponse[]>()

  return ({ res, owner }) => {
    if (res.destroyed) return undefined
    const open = openOf.get(owner) ?? []
    if (unreadBytes(open) > maxBytes) return overloaded('limit of unread responses of a caller', 1)
    openOf.set(owner, open)
    open.push(res)
    res.once('close', () => {
      open.splice(open.indexOf(res), 1)
      if (open.length === 0) openOf.delete(owner)
    })
    return undefined
  }
}

const unreadBytes = (open: readonly ServerResponse[]): number =>
  open.reduce((bytes, { writableLength }) => bytes + writableLength, 0)
