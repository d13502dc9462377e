/** Behind `npm run eject -- samples`: takes the sample domain out, and leaves a server to begin with. */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { liveLauncher } from '../launcher/launcher-record.ts'
import { describeError, ExpectedError } from '../lib/expected-error.ts'
import { checkout, stateDir } from '../lib/paths.ts'
import { eject, ejectPackages } from './eject.ts'
import { beginnings, removed, scaffolded } from './samples.ts'

const usage = `Usage: npm run eject -- samples [--force]

Takes the sample domain out of this checkout (search, documents, Wikipedia) and leaves a running server with a
tool, a prompt and a resource to begin with; this command goes too. --force: although git could not restore everything.`

try {
  main(process.argv.slice(2))
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}

function main(args: readonly string[]): void {
  const [what, ...rest] = args.filter((arg) => arg !== '--force')
  if (what !== 'samples' || rest.length > 0) throw new ExpectedError(usage)
  if (!args.includes('--force')) assertGitCanRestore()
  const launcher = liveLauncher()
  if (launcher) throw new ExpectedError(`A server runs here (process ${launcher.pid}). Stop it first.`)

  const { removed: gone, written } = eject(checkout)
  ejectPackages(checkout)
  for (const names of scaffolded) program('dev/new/main.ts', ...names)
  program('grafana/generator/main.ts')
  program('deploy/kubernetes/generate.ts')
  run(
    join(checkout, 'node_modules/.bin/biome'),
    'check',
    '--write',
    ...written.filter((file) => /\.(ts|json)$/.test(file)),
  )
  // The development database has the sample's tables and migrations.
  rmSync(stateDir, { recursive: true, force: true })
  console.log(report(gone.length, written.length))
}

/** Deleted files can be restored from git only if git has them. */
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
      `There are uncommitted changes:\n${indented(status.split('\n'))}\nCommit or stash them first, so that "git diff" shows what this does; or add --force.`,
    )
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: checkout, encoding: 'utf8', stdio: 'pipe' })
}

function program(...args: string[]): void {
  run(process.execPath, '--import', 'tsx', ...args)
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n')
}

function report(gone: number, written: number): string {
  return `The sample is removed: ${gone} files and folders deleted, ${written} files written. "git status" shows which.

Removed  search, documents and Wikipedia: tools, prompt, resource, tables, settings, panel and alert of the circuit
         breaker, the load of the corpus; what only works with them: some drills, and the browser, faults,
         fuzz, soak and compose suites; and this command.
Left     the server, its limits, authentication, signals, dashboards, alerts and runbooks, their tests; pages of docs/
         at /documents/…; and to begin with ${beginnings.slice(0, 2).join(', ')},
         ${beginnings.slice(2).join(', ')}.

Next     npm run check && npm test
         npm start, and in another terminal: npm run try -- echo hello
         npm run new -- tool my_tool; what it uses is built in src/domain.ts
         npm run rename -- my-server
         README.md is new. SECURITY.md, CONTRIBUTING.md and examples in docs/ still name the sample: keep what helps.
         A database to which the sample's migrations were applied no longer fits this server.`
}
