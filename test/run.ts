/**
 * Runs suites (by default `unit`, `integration` and `e2e`) or single test files with node:test,
 * against a Postgres of their own. Test files that need a Redis start one each.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../dev/services/embedded-postgres.ts'
import { startRedis } from '../dev/services/embedded-redis.ts'
import { renderTable, tableFileVariable } from './faults/support/table.ts'
import { createTemplateDatabase } from './support/template-database.ts'

const defaultSuites = ['unit', 'integration', 'e2e']

/** @param wanted suites, which are folders of `test`, and single files */
function testFiles(wanted: readonly string[]): string[] {
  return wanted.flatMap((name) => {
    if (name.endsWith('.test.ts')) return [name]
    const folder = join('test', name)
    const files = existsSync(folder)
      ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
      : []
    if (files.length === 0) throw new Error(`There is no suite or test file "${name}".`)
    return files.sort().map((file) => join(folder, file))
  })
}

/** Faults have to be waited for, and so has their end; in a fork all tests run. */
const timeoutMs = (file: string) => (/faults|fork/.test(file) ? 1_200_000 : 240_000)

const files = testFiles(process.argv.length > 2 ? process.argv.slice(2) : defaultSuites)
const postgres = await startPostgres()
const redis = await startRedis()
await redis.stop()
const engines = `Engines: Node ${process.version}, ${postgres.engine}, ${redis.engine}, bundled sample API`
process.once('SIGINT', () => (process.exitCode ??= 130))

const tableFile = join(tmpdir(), `faults-${process.pid}.jsonl`)
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
      '--test-concurrency=2',
      '--test-reporter=spec',
      `--test-timeout=${Math.max(...files.map(timeoutMs))}`,
      ...files,
    ],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        TEST_POSTGRES_URL: postgres.url,
        NODE_ENV: 'test',
        [tableFileVariable]: tableFile,
      },
    },
  )
  const [code] = (await once(runner, 'exit')) as [number | null]
  status = code ?? 1
} finally {
  await postgres.stop()
}
console.log(renderTable(tableFile))
rmSync(tableFile, { force: true })
console.log(engines)
process.exit(status)
