/** `npm run eject -- samples`: removes the sample domain, and leaves a starter. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { liveLauncher } from '../launcher/launcher-record.ts'
import { run, runMain } from '../lib/command.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { stateDir } from '../lib/paths.ts'
import { reachableDataDir } from '../services/postgres-account.ts'
import { eject, ejectPackages } from './eject.ts'
import { beginnings, removed, scaffolded } from './samples.ts'

const usage = `Usage: npm run eject -- samples [--force]

Removes the sample domain (search, documents, Wikipedia) from this checkout, and leaves a server with two tools, a
prompt and a resource. Removes this command too. --force: runs even if git cannot restore everything.`

function assertGitCanRestore(): void {
  let status: string
  try {
    status = run('git', 'status', '--porcelain').trimEnd()
  } catch {
    throw new ExpectedError(
      `This is not a git checkout, so deleted files could not be restored:\n${indented(removed)}\nTo delete them anyway: npm run eject -- samples --force`,
    )
  }
  if (status !== '')
    throw new ExpectedError(
      `There are uncommitted changes:\n${indented(status.split('\n'))}\nCommit or stash them first, so that "git diff" shows the changes of this command; or add --force.`,
    )
}

const runScript = (...args: string[]): string => run(process.execPath, '--import', 'tsx', ...args)

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join('\n')

const report = (written: number): string =>
  `The sample is removed: ${removed.length} files and folders deleted, ${written} files written. See "git status".

Removed  search, documents and Wikipedia: tools, prompt, resource, tables, settings, panel and alert of the circuit
         breaker, the load of the corpus; all that depends on them: some drills, the benchmarks, and the abuse,
         browser, clients, collector, compose, faults, fuzz, search-quality and soak suites; and this command.
Kept     the server, its limits, authentication, telemetry, dashboards, alerts and runbooks, their tests; pages of docs/
         at /documents/…; as a start ${beginnings.slice(0, 2).join(', ')},
         ${beginnings.slice(2, 4).join(', ')}.

Next     npm run check && npm test
         npm start, and in another terminal: npm run try -- echo hello
         npm run new -- tool my_tool; build its services in src/domain.ts
         npm run rename -- my-server
         README.md is new. SECURITY.md, CONTRIBUTING.md and examples in docs/ still name the sample: edit them.
         A database with the sample's migrations does not fit this server any more.`

await runMain(() => {
  const args = process.argv.slice(2)
  const [operand, ...rest] = args.filter((arg) => arg !== '--force')
  if (operand !== 'samples' || rest.length > 0) throw new ExpectedError(usage)
  if (!args.includes('--force')) assertGitCanRestore()
  const launcher = liveLauncher()
  if (launcher) throw new ExpectedError(`A server runs here (process ${launcher.pid}). Stop it first.`)

  const written = eject()
  ejectPackages()
  for (const names of scaffolded) runScript('dev/new/main.ts', ...names)
  runScript('grafana/generator/main.ts')
  runScript('deploy/kubernetes/generate.ts')
  const sources = written.filter((file) => /\.(ts|json)$/.test(file))
  run('node_modules/.bin/biome', 'check', '--write', ...sources)
  // The development database has the sample's tables and migrations. For root it may be outside of stateDir.
  for (const folder of [reachableDataDir(join(stateDir, 'postgres')), stateDir])
    rmSync(folder, { recursive: true, force: true })
  console.log(report(written.length))
})
