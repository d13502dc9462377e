import { generateApiKey, hashApiKey } from '../auth/api-key/api-key.ts'
import { type ApiKey, type ApiKeyStore, createApiKeyStore } from '../auth/api-key/store.ts'
import { callerId } from '../auth/caller.ts'
import { loadDatabaseConfig } from '../config/config.ts'
import { readEnvironment, run } from '../config/environment.ts'
import { service } from '../config/package.ts'
import { AppError } from '../errors.ts'
import { allScopes, discoverCatalog } from '../mcp/catalog.ts'
import { commandTimeouts, createDatabase } from '../postgres/database.ts'
import { createLogger } from '../telemetry/log/logger.ts'
import { noopMetrics } from '../telemetry/metrics/metrics.ts'
import { type ApiKeyCommand, parseApiKeyCommand, UsageError } from './api-key-arguments.ts'

/** Creates, lists and revokes API keys. Needs a database role with write access, which the server's role lacks. */
await run(async () => {
  try {
    const catalog = await discoverCatalog(new URL('../', import.meta.url))
    await perform(parseApiKeyCommand(process.argv.slice(2), allScopes(catalog)))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(error.message)
    process.exit(2)
  }
})

async function perform(command: ApiKeyCommand): Promise<void> {
  const config = loadDatabaseConfig(readEnvironment(), process.stdout.isTTY)
  const logger = createLogger({ ...config.log, level: 'error', serviceName: service.name })
  const database = createDatabase({
    url: config.databaseUrl,
    logger,
    metrics: noopMetrics,
    timeouts: commandTimeouts,
  })
  const store = createApiKeyStore(database)
  try {
    if (command.name === 'create') await create(store, command)
    else if (command.name === 'list') await list(store)
    else await revoke(store, command.id)
  } catch (error) {
    throw toUsageError(error)
  } finally {
    await database.close()
  }
}

type Create = Extract<ApiKeyCommand, { name: 'create' }>

async function create(store: ApiKeyStore, { keyName, scopes, expiresAt }: Create): Promise<void> {
  const { id, key } = generateApiKey()
  await store.create({ id, name: keyName, scopes, expiresAt, hash: hashApiKey(key) })
  const expiry = expiresAt === null ? 'never expires' : `expires at ${toMinutes(expiresAt)}`
  console.error(
    `Created key ${id} for "${keyName}", which ${expiry}. It is shown only once: store it with your secrets.`,
  )
  // Only the key goes to stdout, so that it can be piped.
  console.log(key)
}

async function list(store: ApiKeyStore): Promise<void> {
  const rows = (await store.list()).map((key) => [
    key.id,
    stateOf(key),
    toMinutes(key.createdAt),
    key.expiresAt === null ? 'never' : toMinutes(key.expiresAt),
    callerId('key', key.id),
    key.scopes.join(','),
    key.name,
  ])
  const heading = ['ID', 'STATE', 'CREATED', 'EXPIRES', 'CALLER IN THE LOG', 'SCOPES', 'NAME']
  const table = [heading, ...rows]
  const widths = heading.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  for (const row of table) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0))
    console.log(cells.join('  ').trimEnd())
  }
}

async function revoke(store: ApiKeyStore, id: string): Promise<void> {
  const revokedAt = await store.revoke(id)
  if (revokedAt === undefined) throw new UsageError('No key has this id; "list" shows all keys.')
  console.log(`Key ${id} was revoked at ${revokedAt.toISOString()}.`)
}

function toMinutes(date: Date): string {
  return `${date.toISOString().slice(0, 16)}Z`
}

function stateOf({ revokedAt, expiresAt }: ApiKey): string {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && expiresAt <= new Date() ? 'expired' : 'active'
}

/** Explains errors that the user can fix; SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function toUsageError(error: unknown): unknown {
  if (error instanceof AppError && error.code === 'unavailable')
    return new UsageError('The database at DATABASE_URL is unreachable.')
  const state = (error as { code?: unknown }).code
  if (state === '42P01')
    return new UsageError('The table of API keys does not exist: run "npm run db:migrate" first.')
  if (state === '42501')
    return new UsageError('Permission denied: DATABASE_URL must use the role of the migration job.')
  return error
}
