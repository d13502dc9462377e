import { createHash, randomBytes } from 'node:crypto'

/**
 * An API key is `mcp_ID_SECRET`: the prefix lets scanners recognise one that has leaked, the id is public
 * and finds the key's row, the secret has 256 random bits. Because it can't be guessed, a plain SHA-256
 * keeps it as safe as a slow hash keeps a password.
 */
const form = /^mcp_([0-9a-f]{12})_[\w-]{43}$/

export function generateApiKey(): { readonly id: string; readonly key: string } {
  const id = randomBytes(6).toString('hex')
  return { id, key: `mcp_${id}_${randomBytes(32).toString('base64url')}` }
}

/** The public part of what may be a key; undefined if it can't be one. */
export const apiKeyId = (credential: string): string | undefined => form.exec(credential)?.[1]

export const hashApiKey = (key: string): Buffer => createHash('sha256').update(key).digest()
