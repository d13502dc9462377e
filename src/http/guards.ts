import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/express'
import type { RequestHandler } from 'express'

/**
 * Turns away requests for a host name that is not ours (DNS rebinding) and from pages of origins that are
 * not ours: the specification's MUST for streamable HTTP (basic/transports, "Security Warning").
 */
export function createGuards({
  allowedHosts,
  allowedOrigins,
}: {
  allowedHosts: readonly string[]
  allowedOrigins: readonly string[]
}): RequestHandler[] {
  return [hostHeaderValidation([...allowedHosts]), originValidation([...allowedOrigins])]
}
