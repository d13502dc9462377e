import { execFile } from 'node:child_process'

export interface ProgramResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built program that makes, shows and revokes keys. */
export function apiKeyProgram(databaseUrl: string, ...args: string[]): Promise<ProgramResult> {
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

export async function createKey(
  databaseUrl: string,
  scopes: string,
  ...options: string[]
): Promise<CreatedKey> {
  const { code, stdout, stderr } = await apiKeyProgram(
    databaseUrl,
    'create',
    'a test',
    '--scopes',
    scopes,
    ...options,
  )
  const key = stdout.trim()
  const [, id] = /^mcp_([0-9a-f]{12})_[\w-]{43}$/.exec(key) ?? []
  if (code !== 0 || id === undefined) throw new Error(`no key: ${stderr}`)
  return { id, key }
}
