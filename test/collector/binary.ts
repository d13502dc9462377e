import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { checkout, stateDir } from '../../dev/lib/paths.ts'

const folder = join(stateDir, 'otelcol')
const built = join(folder, 'otelcol')

/** A collector from `OTELCOL`, from PATH, or built before; undefined: there is none. */
export function findCollector(): string | undefined {
  if (process.env.OTELCOL) return resolve(process.env.OTELCOL)
  const onPath = ['otelcol-contrib', 'otelcol'].find((name) => spawnSync(name, ['--version']).status === 0)
  return onPath ?? (existsSync(built) ? built : undefined)
}

/** Builds the collector of docker-compose.yml from Go modules, with the collector's own builder. */
export function buildCollector(): void {
  const run = (command: string, args: string[]) =>
    execFileSync(command, args, {
      cwd: join(checkout, 'test/collector'),
      env: { ...process.env, CGO_ENABLED: '0', GOBIN: folder },
      stdio: 'inherit',
    })
  run('go', ['install', 'go.opentelemetry.io/collector/cmd/builder@v0.159.0'])
  run(join(folder, 'builder'), ['--config=builder.yaml', `--output-path=${folder}`])
}
