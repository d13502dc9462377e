/**
 * Runs suites (by default `unit`, `integration` and `e2e`) or single test files with node:test,
 * against a Postgres of their own. Files of the default suites share processes.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../dev/services/embedded-postgres.ts'
import { startRedis } from '../dev/services/embedded-redis.ts'
import { createTemplateDatabase } from './support/template-database.ts'

/** The longest first. */
const defaultSuites = ['e2e', 'integration', 'unit']

/** Processes for the files of a suite, which load the modules and start a shared server once each; else one a file. */
const processesOf: Readonly<Record<string, number>> = { e2e: 6, integration: 2, unit: 1 }

function filesOf(suite: string): string[] {
  const folder = join('test', suite)
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
    : []
  if (files.length === 0) throw new Error(`There is no suite or test file "${suite}".`)
  return files.sort().map((file) => join(folder, file))
}

/**
 * Test files by the process that runs them.
 * @param name a suite, which is a folder of `test`, or a single file
 */
function sharesOf(name: string): string[][] {
  if (name.endsWith('.test.ts')) return [[name]]
  const files = filesOf(name)
  const processes = Math.min(processesOf[name] ?? files.length, files.length)
  return Array.from({ length: processes }, (_, index) => files.filter((_, n) => n % processes === index))
}

const directory = mkdtempSync(join(tmpdir(), 'test-run-'))

/** node:test starts a process for each module; this one runs several test files. */
function writeEntry(files: readonly string[], index: number): string {
  const entry = join(directory, `${index + 1}.test.mjs`)
  const lines = [
    `import { runInOneProcess } from '${import.meta.resolve('./support/one-process.ts')}'`,
    `await runInOneProcess(${JSON.stringify(files)})`,
  ]
  writeFileSync(entry, `${lines.join('\n')}\n`)
  return entry
}

/** Faults have to be waited for, and so has their end; in a fork all tests run. */
const timeoutMs = (name: string) => (/faults|fork/.test(name) ? 1_200_000 : 600_000)

/** More than two where files share processes, because they often wait; faults and drills want the machine. */
const concurrencyOf = (name: string) => (name in processesOf ? 4 : 2)

const names = process.argv.length > 2 ? process.argv.slice(2) : defaultSuites
const shares = names.flatMap(sharesOf)
const postgres = await startPostgres()
const redis = await startRedis()
await redis.stop()
const engines = `Engines: Node ${process.version}, ${postgres.engine}, ${redis.engine}`
process.once('SIGINT', () => (process.exitCode ??= 130))

let status = 1
try {
  console.log(engines)
  await createTemplateDatabase(postgres.url)
  const runner = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--test',
      `--test-concurrency=${Math.min(...names.map(concurrencyOf))}`,
      '--test-reporter=spec',
      `--test-timeout=${Math.max(...names.map(timeoutMs))}`,
      ...shares.map(writeEntry),
    ],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        TEST_POSTGRES_URL: postgres.url,
        NODE_ENV: 'test',
      },
    },
  )
  const [code] = (await once(runner, 'exit')) as [number | null]
  status = code ?? 1
} finally {
  await postgres.stop()
}
rmSync(directory, { recursive: true })
console.log(engines)
process.exit(status)
