import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { freePort } from '../../dev/launcher/loopback-port.ts'

const run = promisify(execFile)

export interface Container {
  readonly ID: string
  readonly Name: string
  readonly Service: string
  readonly State: string
  readonly Health: string
  readonly ExitCode: number
}

/** The stack of docker-compose.yml, with its own project name and ports to avoid conflicts. */
export interface Stack {
  readonly ports: Readonly<Record<'gateway' | 'prometheus' | 'alertSink' | 'grafana', number>>
  /** @throws Error with the output of compose if it exits with another code than 0 */
  compose(...args: string[]): Promise<string>
  docker(...args: string[]): Promise<string>
  containers(service?: string): Promise<Container[]>
}

export async function createStack(signal: AbortSignal): Promise<Stack> {
  const [gateway, prometheus, alertmanager, alertSink, grafana] = await Promise.all(
    Array.from({ length: 5 }, freePort),
  )
  const env = {
    ...process.env,
    COMPOSE_PROFILES: 'demo',
    COMPOSE_FILE: 'docker-compose.yml',
    GATEWAY_PORT: String(gateway),
    PROMETHEUS_PORT: String(prometheus),
    ALERTMANAGER_PORT: String(alertmanager),
    ALERT_SINK_PORT: String(alertSink),
    GRAFANA_PORT: String(grafana),
  }
  const project = ['--project-name', `mcp-smoke-${process.pid}`]
  // Ignore a local .env: docker-compose.yml must work without one.
  const prefix = ['compose', '--ansi', 'never', '--env-file', '/dev/null', ...project]

  async function docker(...args: string[]): Promise<string> {
    // The cleanup must also run after the overall timeout.
    const bound = args.includes('down') ? AbortSignal.timeout(120_000) : signal
    const { stdout } = await run('docker', args, { env, signal: bound, maxBuffer: 256 * 1024 * 1024 }).catch(
      (error: { stderr?: string; message: string }) => {
        const lines = (error.stderr || error.message).trim().split('\n')
        throw new Error(`docker ${args[0]}: ${lines.slice(-15).join('\n')}`)
      },
    )
    return stdout
  }
  const compose = (...args: string[]) => docker(...prefix, ...args)

  return {
    ports: {
      gateway: gateway ?? 0,
      prometheus: prometheus ?? 0,
      alertSink: alertSink ?? 0,
      grafana: grafana ?? 0,
    },
    compose,
    docker,
    async containers(service) {
      const lines = await compose('ps', '--all', '--format', 'json', ...(service ? [service] : []))
      return lines
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Container)
    },
  }
}

/** Repeats a check every second until it passes. @throws the last failure after the timeout */
export async function eventually(timeoutMs: number, check: () => Promise<void>): Promise<void> {
  const end = Date.now() + timeoutMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}
