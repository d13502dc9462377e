import { parseArgs } from 'node:util'
import { apiKeyId } from '../auth/api-key/api-key.ts'
import { expiryOf } from '../auth/api-key/lifetime.ts'

export type ApiKeyCommand =
  | {
      readonly name: 'create'
      readonly keyName: string
      readonly scopes: readonly string[]
      readonly expiresAt: Date | null
    }
  | { readonly name: 'list' }
  | { readonly name: 'revoke'; readonly id: string }

/** The message is all that whoever called the program wants to read. */
export class UsageError extends Error {}

const usage = `Usage: npm run api-key -- COMMAND

  create NAME --scopes A,B [--expires 90d]  makes a key, and shows it this one time
  list                                      shows what keys there are, newest first
  revoke ID                                 ends a key; every server refuses it within 5 seconds

  --scopes   what the key may be used for, comma-separated
  --expires  after this long the key is refused: a number and d, h, m or s. Without it the key does not expire.`

/**
 * @param knownScopes those that something on this server needs: others are taken for mistyped
 * @throws UsageError
 */
export function parseApiKeyCommand(args: string[], knownScopes: readonly string[]): ApiKeyCommand {
  const { positionals, values } = parse(args)
  const [name, operand, ...rest] = positionals
  if (rest.length > 0 || (name === 'list' && operand !== undefined))
    throw new UsageError(`There is one argument too many.\n\n${usage}`)
  if (name !== 'create' && (values.scopes !== undefined || values.expires !== undefined))
    throw new UsageError(`--scopes and --expires belong to create.\n\n${usage}`)
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
      if (operand === undefined) throw new UsageError(`Which key? "list" shows their ids.\n\n${usage}`)
      // Who has the whole key at hand need not look for its id.
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
  // It is written to terminals, so it must not be able to steer them.
  if (name === undefined || name.trim() === '' || !/^\P{C}{1,100}$/u.test(name))
    throw new UsageError(`A key needs a name of 1 to 100 characters, to tell whose it is.\n\n${usage}`)
  return name
}

function scopesOf(list = '', known: readonly string[]): string[] {
  const scopes = [...new Set(list.split(',').map((scope) => scope.trim()))].filter((scope) => scope !== '')
  if (scopes.length === 0) throw new UsageError(`--scopes is required: one or more of ${known.join(', ')}.`)
  const unknown = scopes.filter((scope) => !known.includes(scope))
  if (unknown.length > 0)
    throw new UsageError(`Nothing here needs the scope ${unknown.join(', ')}; there are ${known.join(', ')}.`)
  return scopes
}

function expiresAt(lifetime: string | undefined): Date | null {
  if (lifetime === undefined) return null
  const date = expiryOf(lifetime, new Date())
  if (date === undefined)
    throw new UsageError('--expires must be a number and d, h, m or s, at most ten years: 90d, say.')
  return date
}
