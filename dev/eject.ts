/** Behind `npm run eject -- samples`: takes the sample domain out, and leaves a server to begin with. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { eject, ejectPackages, hasSamples } from './eject/eject.ts'
import { removed, scaffolded } from './eject/samples.ts'
import { describeError, ExpectedError } from './expected-error.ts'
import { checkout } from './paths.ts'

const usage = `Usage: npm run eject -- samples [--force]

Takes the sample domain out of this checkout (search, documents, Wikipedia) and leaves a running server with a
starter tool. --force does so although git could not bring everything back.`

try {
  main(process.argv.slice(2))
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}

function main(args: readonly string[]): void {
  const force = args.includes('--force')
  const [what, ...rest] = args.filter((arg) => arg !== '--force')
  if (what !== 'samples' || rest.length > 0) throw new ExpectedError(usage)
  if (!hasSamples(checkout)) {
    console.log('There is nothing left of the samples.')
    return
  }
  if (!force) assertGitCanBringBack()
  const done = eject(checkout)
  ejectPackages(checkout)
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: checkout, stdio: 'pipe' })
  const program = (...args: string[]) => run(process.execPath, '--import', 'tsx', ...args)
  for (const names of scaffolded) program('dev/new.ts', ...names)
  program('grafana/generator/main.ts')
  program('deploy/kubernetes/generate.ts')
  const formatted = done.written.filter((file) => /\.(ts|json)$/.test(file))
  run(join(checkout, 'node_modules/.bin/biome'), 'check', '--write', ...formatted)
  console.log(report(done.removed.length))
}

/** What is deleted here can be had again from git only if git has it. */
function assertGitCanBringBack(): void {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: checkout, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  let status: string
  try {
    status = git('status', '--porcelain')
  } catch {
    throw new ExpectedError(
      `This is no git checkout: what is deleted could not be brought back. To be deleted:\n${list(removed)}\nTo do it all the same: npm run eject -- samples --force`,
    )
  }
  if (status.trim() !== '')
    throw new ExpectedError(
      `There are changes that git does not have yet:\n${status.trimEnd()}\nCommit or stash them first, so that "git diff" shows what this does; or add --force.`,
    )
}

const list = (paths: readonly string[]) => paths.map((path) => `  ${path}`).join('\n')

function report(paths: number): string {
  return `Removed: search, documents, Wikipedia (${paths} paths), with their
  tools, prompt, resource, pages, migrations, settings and tests; demo traffic, drills, browser, fault, fuzz and soak suites.
Left: the server, its guards, authentication, limits, signals, dashboards and alerts, with
  src/tools/echo.tool.ts, src/tools/count-words.tool.ts, src/prompts/explain-topic.prompt.ts, src/resources/note.resource.ts

Next:
  npm run check && npm test
  npm start, then: npm run try -- echo hello
  npm run new -- tool my_tool
  npm run rename -- my-server`
}
