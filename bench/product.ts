import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildProduct, type ProductBuild } from './product-build.ts'
import type { ServerCommand } from './server-process.ts'

/** The services that the server uses. */
export interface ProductContext {
  readonly env: NodeJS.ProcessEnv
  readonly otlpUrl: string
}

/** Features that are on. */
export interface ProductSettings {
  readonly logs: boolean
  readonly metrics: boolean
  /** Beside the scrape. */
  readonly otlpMetrics: boolean
  /** Sampling ratio; 0 does not load tracing. */
  readonly traces: number
  readonly rateLimit: boolean
}

export const fullSettings: ProductSettings = {
  logs: true,
  metrics: true,
  otlpMetrics: false,
  traces: 0.1,
  rateLimit: true,
}

const builds = {
  complete: { name: 'complete' },
  // No setting disables metrics.
  'without metrics': {
    name: 'without-metrics',
    patches: {
      'telemetry/metrics/metrics-sink.js': () =>
        'export const createMetricsSink = () => ({ end: () => undefined })\n',
    },
  },
} satisfies Record<string, ProductBuild>

/** Arguments of `node` in the image: the command of the last stage. */
const [, ...imageArgs] =
  readFileSync('Dockerfile', 'utf8')
    .split('\n')
    .flatMap((line): string[][] => (line.startsWith('CMD ["node"') ? [JSON.parse(line.slice(4))] : []))
    .at(-1) ?? []
if (imageArgs.length === 0) throw new Error('Dockerfile has no CMD ["node", …]')

/** V8's options in the image, which every server gets: its heap moves a ratio more than anything else. */
export const v8Options = imageArgs.filter((arg) => arg.startsWith('--max-'))

const built = new Map<string, string>()

function folderOf(build: ProductBuild): string {
  const folder = built.get(build.name) ?? buildProduct(build)
  built.set(build.name, folder)
  return folder
}

/** The command of the real server, started as in the image, with its output in a pipe. */
export function productCommand(
  settings: ProductSettings,
  { env, otlpUrl }: ProductContext,
  build: ProductBuild = settings.metrics ? builds.complete : builds['without metrics'],
  nodeArgs: readonly string[] = [],
): ServerCommand {
  const { logs, otlpMetrics, traces, rateLimit } = settings
  const cwd = folderOf(build)
  return {
    args: [...nodeArgs, ...imageArgs],
    cwd,
    readyPath: '/readyz',
    logFile: join(cwd, `server-${JSON.stringify(settings).replaceAll(/\W+/g, '-')}.log`),
    env: (port) => ({
      ...Object.fromEntries(
        ['DATABASE_URL', 'REDIS_URL', 'EXTERNAL_API_URL'].flatMap((name) =>
          env[name] === undefined ? [] : [[name, env[name]]],
        ),
      ),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      LOG_FORMAT: 'json',
      LOG_LEVEL: logs ? 'info' : 'error',
      RATE_LIMIT: rateLimit ? 'on' : 'off',
      // High limits: every request is counted, none rejected.
      RATE_LIMIT_CALLER_PER_MINUTE: '1000000',
      RATE_LIMIT_TOOL_PER_MINUTE: '1000000',
      RATE_LIMIT_IP_PER_MINUTE: '1000000',
      MAX_CONCURRENT_CALLS: '2000',
      MAX_CONCURRENT_CALLS_PER_CALLER: '2000',
      MAX_STREAMS_PER_CALLER: '20000',
      MAX_STREAMS: '20000',
      ...(traces > 0 && {
        OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: String(traces),
      }),
      ...(otlpMetrics && { OTEL_METRICS_EXPORTER: 'prometheus,otlp', OTEL_METRIC_EXPORT_INTERVAL: '1000' }),
    }),
  }
}
