import { parseArgs } from 'node:util'
import { apiKeyId } from '../auth/api-key/api-key.ts'
import { defaultLifetime, expiryOf } from '../auth/api-key/lifetime.ts'

export type ApiKeyCommand =
  | {
      readonly name: 'create'
      readonly keyName: string
      readonly scopes: readonly string[]
      readonly expiresAt: Date | null
    }
  | { readonly name: 'list' }
  | { readonly name: 'revoke'; readonly id: string }

/** Printed without a stack. */
export class UsageError extends Error {}

const usage = `Usage: npm run api-key -- COMMAND

  create NAME --scopes A,B [--expires 30d]  create a key and print it once
  list                                      list all keys, newest first
  revoke ID                                 revoke a key; every server rejects it within 5 seconds

  --scopes   scopes of the key, comma-separated
  --expires  lifetime of the key: a number and d, h, m or s, or never. Default: ${defaultLifetime}.`

/**
 * @param knownScopes scopes of this server's catalog; others are rejected as typing errors
 * @throws UsageError
 */
export function parseApiKeyCommand(args: string[], knownScopes: readonly string[]): ApiKeyCommand {
  const { positionals, values } = parse(args)
  const [name, operand, ...rest] = positionals
  if (rest.length > 0 || (name === 'list' && operand !== undefined))
    throw new UsageError(`Too many arguments.\n\n${usage}`)
  if (name !== 'create' && (values.scopes !== undefined || values.expires !== undefined))
    throw new UsageError(`--scopes and --expires are options of create.\n\n${usage}`)
  switch (name) {
    case 'create':
      return {
        name,
        keyName: keyNameOf(operand),
        scopes: scopesOf(values.scopes, knownScopes),
        expiresAt: expiresAt(values.expires),
      }
    case 'list':
      return { name }
    case 'revoke':
      if (operand === undefined)
        throw new UsageError(`revoke requires an ID; "list" shows all ids.\n\n${usage}`)
      // Accepts a whole key in place of its id.
      return { name, id: apiKeyId(operand) ?? operand }
    default:
      throw new UsageError(usage)
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { scopes: { type: 'string' }, expires: { type: 'string' } },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`)
  }
}

function keyNameOf(name: string | undefined): string {
  // No control characters, because the name is printed to terminals.
  if (name === undefined || name.trim() === '' || !/^\P{C}{1,100}$/u.test(name))
    throw new UsageError(`create requires a NAME of 1 to 100 printable characters.\n\n${usage}`)
  return name
}

function scopesOf(list = '', known: readonly string[]): string[] {
  const scopes = [...new Set(list.split(',').map((scope) => scope.trim()))].filter((scope) => scope !== '')
  if (scopes.length === 0) throw new UsageError(`--scopes is required: one or more of ${known.join(', ')}.`)
  const unknown = scopes.filter((scope) => !known.includes(scope))
  if (unknown.length > 0)
    throw new UsageError(`Unknown scope ${unknown.join(', ')}. Known scopes: ${known.join(', ')}.`)
  return scopes
}

function expiresAt(lifetime = defaultLifetime): Date | null {
  if (lifetime === 'never') return null
  const date = expiryOf(lifetime, new Date())
  if (date === undefined)
    throw new UsageError(
      '--expires must be a number and d, h, m or s, at most ten years, or never; for example 90d.',
    )
  return date
}
