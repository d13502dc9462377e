import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from '../../dev/lib/paths.ts'
import { jobName, projectName } from '../../dev/lib/project-name.ts'
import { service } from '../../src/config/package.ts'
import type { Copy } from './support/copy.ts'

/**
 * Joined from parts, because rename rejects a name that a file contains. More words than the original name, to find
 * code that counts them; one of them in no dictionary.
 */
export const newName = ['parcel', 'dezk', 'of', 'tests'].join('-')
const newTitle = newName.replaceAll('-', ' ').replace('p', 'P')

/** Occurrences of the old name that a rename keeps: the license notice and past releases. */
const kept = [/^LICENSE:Copyright \(c\) \d+ The \S+ contributors$/, /^CHANGELOG\.md:- Released as \S+\.$/]

/** Contains an old name. */
const standardTerm = 'application/mcp-server-card+json'

/** Adds a release to the changelog of the copy and commits all files to a new repository. */
export function commitAll({ root }: Copy): void {
  appendFileSync(join(root, 'CHANGELOG.md'), `\n## [0.1.0] - 2026-11-01\n\n- Released as ${projectName}.\n`)
  git(root, 'init', '--quiet')
  // node_modules is a symbolic link in the copy; the pattern for folders does not match it.
  appendFileSync(join(root, '.git/info/exclude'), '/node_modules\n')
  git(root, 'add', '--all')
  git(root, 'commit', '--quiet', '--message', 'Fork')
}

export const renameTo = ({ run }: Copy, ...args: string[]): Promise<string> =>
  run('npm', 'run', '--silent', 'rename', '--', ...args)

/** Searches texts and file names for every spelling of the old name. */
export function assertOldNameIsGone({ root }: Copy): void {
  const old = new RegExp(
    [...new Set([projectName, jobName, service.title])]
      .map((name) => name.split(/[-_ ]/).join(name === jobName ? '-' : '[-_ ]?'))
      .join('|'),
    'i',
  )
  const files = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')
  const occurrences: string[] = []
  for (const file of files.filter((name) => name !== '' && existsSync(join(root, name)))) {
    if (old.test(file)) occurrences.push(file)
    const lines = readFileSync(join(root, file), 'utf8').replaceAll(standardTerm, '').split('\n')
    occurrences.push(...lines.filter((line) => old.test(line)).map((line) => `${file}:${line}`))
  }
  assert.deepEqual(
    occurrences.filter((line) => !kept.some((pattern) => pattern.test(line))),
    [],
  )
  const text = (file: string, folder = root) => readFileSync(join(folder, file), 'utf8')
  assert.equal(text('LICENSE'), text('LICENSE', checkout))
  assert.ok(text('CHANGELOG.md').includes(`\n- Released as ${projectName}.\n`))
}

/** Fails if a file that programs read does not contain the new name. */
export async function assertNewNameIsUsed({ root, run }: Copy): Promise<void> {
  const text = (file: string) => readFileSync(join(root, file), 'utf8')
  const { name, packages } = JSON.parse(text('package-lock.json'))
  assert.deepEqual([name, packages[''].name], [newName, newName])
  assert.match(text('docker-compose.yml'), new RegExp(`^name: ${newName}$`, 'm'))
  assert.match(text('docker-compose.yml'), new RegExp(`^ {2}image: ${newName}:local$`, 'm'))
  assert.match(text('prometheus/prometheus.yml'), new RegExp(`job_name: ${newName}$`, 'm'))
  assert.match(text('prometheus/rules/replicas.yml'), new RegExp(`up\\{job="${newName}"\\} == 0`))
  assert.match(text('deploy/kubernetes/base/deployment.yaml'), new RegExp(`image: ${newName}:`))
  assert.match(text('README.md'), new RegExp(`^# ${newName}$`, 'm'))
  assert.match(text('src/telemetry/metrics/definitions.ts'), /mcp_server_operation_duration_seconds/)
  assert.ok(text('src/http/middleware/server-card.ts').includes(standardTerm))
  await run('npm', 'run', '--silent', 'generate:check')
  const server = "import { service } from './src/config/package.ts'; console.log(service.name, service.title)"
  const output = await run(process.execPath, '--import', 'tsx', '--input-type=module', '--eval', server)
  assert.equal(output.trim(), `${newName} ${newTitle}`)
}

export function git(root: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
}
