import { existsSync } from 'node:fs'
import { liveLauncher } from '../launcher/launcher-record.ts'
import type { RecordedSpan } from '../launcher/otlp-json.ts'
import { inboxFiles } from '../launcher/telemetry-inbox.ts'
import { grafanaSignals } from './grafana-signals.ts'
import { inboxSignals, metricsEndpoint } from './local-signals.ts'
import type { Series } from './metrics.ts'

/** The ids of a call in telemetry. */
export interface CallIds {
  readonly traceId: string
  /** `X-Request-Id` of the response, if any. */
  readonly requestId: string | undefined
}

/** A backend that holds one kind of signal. */
export interface Backend<Query extends unknown[], Signal> {
  /** For display. */
  readonly where: string
  /** The delay until a call is visible there. */
  readonly withinMs: number
  /** @returns undefined while there is no data */
  query(...query: Query): Promise<Signal | undefined>
}

export interface SignalBackends {
  readonly metrics?: Backend<[], Series>
  readonly logLine?: Backend<[CallIds], Readonly<Record<string, unknown>>>
  readonly trace?: Backend<[CallIds], readonly RecordedSpan[]>
}

/** The backends with the signals of a server: local files and /metrics first, else Grafana. */
export async function findSignals(
  url: URL,
  tool: string,
  grafana: string | undefined,
): Promise<SignalBackends> {
  const [own, known] = await Promise.all([metricsEndpoint(url), grafana ?? announcedGrafana(url)])
  const remote = known === undefined ? {} : await grafanaSignals(known, tool)
  const local = isOfThisCheckout(url) && existsSync(inboxFiles.log) ? inboxSignals : {}
  return { ...remote, ...own, ...local }
}

/** The Grafana that the server's status page links to. */
async function announcedGrafana(url: URL): Promise<string | undefined> {
  try {
    const response = await fetch(new URL('/status', url), { signal: AbortSignal.timeout(5_000) })
    const { watch } = (await response.json()) as { watch?: { grafana?: string } }
    return watch?.grafana
  } catch {
    return undefined
  }
}

function isOfThisCheckout(url: URL): boolean {
  const running = liveLauncher()?.serverUrl
  const origin = (url: URL) => url.host.replace(/^(127\.0\.0\.1|\[::1\])(?=:|$)/, 'localhost')
  return running !== undefined && origin(new URL(running)) === origin(url)
}
