/**
 * Writes grafana/dashboards. With `--check` it only compares, and fails on a difference, so that no manual change
 * is lost in the next run.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toJson } from './dashboard.ts'
import { dependenciesDashboard } from './dependencies/dependencies.ts'
import { format } from './format.ts'
import { overview } from './overview/overview.ts'
import { runtime } from './runtime/runtime.ts'
import { telemetry } from './telemetry/telemetry.ts'
import { toolsDashboard } from './tools/tools.ts'

const directory = fileURLToPath(new URL('../dashboards/', import.meta.url))
const dashboards = {
  'overview.json': overview,
  'tools.json': toolsDashboard,
  'dependencies.json': dependenciesDashboard,
  'runtime.json': runtime,
  'telemetry.json': telemetry,
}

const generated = new Map(
  Object.entries(dashboards).map(([file, dashboard]) => [file, format(toJson(dashboard))]),
)
await mkdir(directory, { recursive: true })
const stale = (await readdir(directory)).filter((file) => !generated.has(file))
const changed: string[] = []
for (const [file, text] of generated) {
  const current = await readFile(join(directory, file), 'utf8').catch(() => undefined)
  if (current !== text) changed.push(file)
}

if (process.argv.includes('--check')) {
  for (const file of [...changed, ...stale])
    process.stderr.write(`grafana/dashboards/${file} differs from the output of grafana/generator\n`)
  if (changed.length + stale.length > 0) {
    process.stderr.write('Change the generator, then run "npm run generate".\n')
    process.exitCode = 1
  }
} else {
  for (const file of changed) await writeFile(join(directory, file), generated.get(file) ?? '')
  for (const file of stale) await rm(join(directory, file))
  process.stdout.write(`${generated.size} dashboards, ${changed.length} changed, ${stale.length} removed\n`)
}
