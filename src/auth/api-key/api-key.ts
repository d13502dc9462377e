import { hash, randomBytes } from 'node:crypto'

/**
 * `mcp_ID_SECRET`: secret scanners detect the prefix, the id is public and selects the row. The secret has
 * 256 random bits, so a plain SHA-256 is as safe as a slow password hash.
 */
const keyPattern = /^mcp_([0-9a-f]{12})_[\w-]{43}$/

export function generateApiKey(): { readonly id: string; readonly key: string } {
  const id = randomBytes(6).toString('hex')
  return { id, key: `mcp_${id}_${randomBytes(32).toString('base64url')}` }
}

/** The public id of a well-formed key; undefined otherwise. */
export const apiKeyId = (credential: string): string | undefined => keyPattern.exec(credential)?.[1]

export const hashApiKey = (key: string): Buffer => hash('sha256', key, 'buffer')
