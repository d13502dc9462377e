/**
 * Runs suites (by default `unit`, `integration` and `e2e`) or single test files with node:test,
 * against its own Postgres.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, normalize, sep } from 'node:path'
import { startPostgres } from '../dev/services/embedded-postgres.ts'
import { startRedis } from '../dev/services/embedded-redis.ts'
import { createTemplateDatabase } from './support/template-database.ts'

/** Longest suite first, to keep the processes evenly loaded. */
const defaultSuites = ['e2e', 'integration', 'unit']

function filesOf(name: string): string[] {
  if (name.endsWith('.test.ts')) return [normalize(name)]
  const folder = join('test', name)
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
    : []
  if (files.length === 0) throw new Error(`Unknown suite or test file "${name}".`)
  return files.sort().map((file) => join(folder, file))
}

/**
 * How many files of a suite run at a time: more than there are processors where tests often wait, fewer where alerts
 * or latencies depend on the load.
 */
const concurrencies: Readonly<Record<string, number>> = {
  e2e: 4,
  integration: 4,
  unit: 4,
  fork: 2,
  stack: 2,
  faults: 2,
  abuse: 1,
}
const defaultConcurrency = 3

/** Suites whose files share processes. */
const sharing = ['e2e', 'integration', 'unit', 'faults', 'abuse']

/** A shared process lasts for the whole run. */
const timeoutMs = 1_200_000

const directory = mkdtempSync(join(tmpdir(), 'test-run-'))

/** Module for one process of node:test, which runs the test files that no other process has claimed. */
function writeEntry(files: readonly string[], index: number): string {
  const entry = join(directory, `${index + 1}.test.mjs`)
  const lines = [
    `import { runInOneProcess } from '${import.meta.resolve('./support/one-process.ts')}'`,
    `await runInOneProcess(${JSON.stringify(files)}, ${JSON.stringify(directory)})`,
  ]
  writeFileSync(entry, `${lines.join('\n')}\n`)
  return entry
}

const names = process.argv.length > 2 ? process.argv.slice(2) : defaultSuites
const files = names.flatMap(filesOf)
const suitesOf = [...new Set(files.map((file) => file.split(sep)[1] ?? ''))]
const concurrency = Math.min(
  ...suitesOf.map((suite) => concurrencies[suite] ?? defaultConcurrency),
  files.length,
)
const shares = suitesOf.every((suite) => sharing.includes(suite))
  ? Array<string[]>(concurrency).fill(files)
  : files.map((file) => [file])
const postgres = await startPostgres()
const redis = await startRedis()
await redis.stop()
const engines = `Engines: Node ${process.version}, ${postgres.engine}, ${redis.engine}`
process.once('SIGINT', () => (process.exitCode ??= 130))

let status = 1
try {
  console.log(engines)
  await createTemplateDatabase(postgres)
  const runner = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--test',
      `--test-concurrency=${concurrency}`,
      '--test-reporter=spec',
      `--test-timeout=${timeoutMs}`,
      ...shares.map(writeEntry),
    ],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        TEST_POSTGRES_URL: postgres.url,
        TEST_POSTGRES_ADMIN_URL: postgres.adminUrl,
        NODE_ENV: 'test',
        // Node 22 and later start from it with less CPU time, and the tests start many processes.
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(directory, 'compile-cache'),
      },
    },
  )
  // Otherwise the test processes would outlive this process.
  process.once('SIGTERM', () => runner.kill())
  const [code] = (await once(runner, 'exit')) as [number | null]
  status = code ?? 1
} finally {
  await postgres.stop()
}
rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
console.log(engines)
process.exit(status)
