import { execFile } from 'node:child_process'
import { generateApiKey, hashApiKey } from '../../src/auth/api-key/api-key.ts'
import { createApiKeyStore } from '../../src/auth/api-key/store.ts'
import { createDatabase } from '../../src/postgres/database.ts'
import { silentLogger } from './logger.ts'
import { noopMetrics } from './telemetry-fixtures.ts'

export interface ProgramResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built API key command. */
export function runApiKeyCommand(databaseUrl: string, ...args: string[]): Promise<ProgramResult> {
  const options = { env: { PATH: process.env.PATH ?? '', DATABASE_URL: databaseUrl } }
  return new Promise((resolve) => {
    execFile(process.execPath, ['dist/commands/api-key.js', ...args], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

export interface CreatedKey {
  readonly id: string
  readonly key: string
}

/** Creates a key with the API key command and options such as `--expires`. */
export async function createKey(
  databaseUrl: string,
  scopes: string,
  ...options: string[]
): Promise<CreatedKey> {
  const args = ['create', 'a test', '--scopes', scopes, ...options]
  const { code, stdout, stderr } = await runApiKeyCommand(databaseUrl, ...args)
  const key = stdout.trim()
  const [, id] = /^mcp_([0-9a-f]{12})_[\w-]{43}$/.exec(key) ?? []
  if (code !== 0 || id === undefined) throw new Error(`the API key command printed no key: ${stderr}`)
  return { id, key }
}

/** Stores a key without the command, which takes a fraction of its time. */
export async function storeKey(databaseUrl: string, scopes: string): Promise<CreatedKey> {
  const database = createDatabase({ url: databaseUrl, logger: silentLogger, metrics: noopMetrics })
  const { id, key } = generateApiKey()
  const stored = { id, name: 'a test', scopes: scopes.split(','), expiresAt: null, hash: hashApiKey(key) }
  await createApiKeyStore(database).create(stored)
  await database.close()
  return { id, key }
}
