import { existsSync } from 'node:fs'
import { liveLauncher } from '../launcher/launcher-record.ts'
import { inboxFiles } from '../launcher/telemetry-inbox.ts'
import { stateDir } from '../lib/paths.ts'
import { signalsInGrafana } from './grafana-signals.ts'
import { filesOfInbox, ownMetrics } from './local-signals.ts'
import type { SignalSource } from './signals.ts'

/** Where the signals of the server at this address are to be found; the nearest place first. */
export async function findSignals(
  url: URL,
  tool: string,
  grafana: string | undefined,
): Promise<SignalSource> {
  const [own, known] = await Promise.all([ownMetrics(url), grafana ?? grafanaOf(url)])
  const far = known === undefined ? {} : await signalsInGrafana(known, tool)
  const near = isOfThisCheckout(url) && existsSync(inboxFiles(stateDir).log) ? filesOfInbox(stateDir) : {}
  return { ...far, ...own, ...near }
}

/** The Grafana that the server itself links to, on its page. */
async function grafanaOf(url: URL): Promise<string | undefined> {
  try {
    const response = await fetch(new URL('/status', url), { signal: AbortSignal.timeout(5_000) })
    const { watch } = (await response.json()) as { watch?: { grafana?: string } }
    return watch?.grafana
  } catch {
    return undefined
  }
}

function isOfThisCheckout(url: URL): boolean {
  const running = liveLauncher(stateDir)?.serverUrl
  if (running === undefined) return false
  const loopback = (host: string) => (['127.0.0.1', '[::1]'].includes(host) ? 'localhost' : host)
  const address = ({ hostname, port }: URL) => `${loopback(hostname)}:${port}`
  return address(new URL(running)) === address(url)
}
