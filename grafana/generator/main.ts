/**
 * Writes grafana/dashboards and the alert rules of Grafana. With `--check` it only compares, and fails on a difference,
 * so that no manual change is lost in the next run.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { alerting } from './alerting.ts'
import { toJson } from './dashboard.ts'
import { dependenciesDashboard } from './dependencies/dependencies.ts'
import { format } from './format.ts'
import { overview } from './overview/overview.ts'
import { runtime } from './runtime/runtime.ts'
import { telemetry } from './telemetry/telemetry.ts'
import { toolsDashboard } from './tools/tools.ts'

const directory = fileURLToPath(new URL('..', import.meta.url))
const dashboards = {
  'overview.json': overview,
  'tools.json': toolsDashboard,
  'dependencies.json': dependenciesDashboard,
  'runtime.json': runtime,
  'telemetry.json': telemetry,
}

const generated = new Map(
  Object.entries(dashboards).map(([file, dashboard]) => [`dashboards/${file}`, format(toJson(dashboard))]),
)
generated.set('provisioning/alerting/rules.yml', alerting)

const existing = await readdir(join(directory, 'dashboards')).catch(() => [])
const stale = existing.map((file) => `dashboards/${file}`).filter((file) => !generated.has(file))
const changed: string[] = []
for (const [file, text] of generated) {
  const current = await readFile(join(directory, file), 'utf8').catch(() => undefined)
  if (current !== text) changed.push(file)
}

if (process.argv.includes('--check')) {
  for (const file of [...changed, ...stale])
    process.stderr.write(`grafana/${file} differs from the output of grafana/generator\n`)
  if (changed.length + stale.length > 0) {
    process.stderr.write('Change the generator, then run "npm run generate".\n')
    process.exitCode = 1
  }
} else {
  for (const file of changed) {
    await mkdir(join(directory, dirname(file)), { recursive: true })
    await writeFile(join(directory, file), generated.get(file) ?? '')
  }
  for (const file of stale) await rm(join(directory, file))
  process.stdout.write(`${generated.size} files, ${changed.length} changed, ${stale.length} removed\n`)
}
