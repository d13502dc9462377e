import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { RecordedSpan } from '../launcher/otlp-json.ts'
import { inboxFiles } from '../launcher/telemetry-inbox.ts'
import { checkout } from '../lib/paths.ts'
import { parseMetrics } from './metrics.ts'
import type { SignalBackends } from './signals.ts'

/** The files that `npm start` of this checkout writes. */
export const inboxSignals: SignalBackends = {
  logLine: {
    where: relative(checkout, inboxFiles.log),
    withinMs: 3_000,
    query: async ({ traceId, requestId }) =>
      linesOf<Record<string, unknown>>(inboxFiles.log).find(
        (line) =>
          line.message === 'mcp message' &&
          line['mcp.method.name'] === 'tools/call' &&
          (line.trace_id === traceId || (requestId !== undefined && line.request_id === requestId)),
      ),
  },
  trace: {
    where: relative(checkout, inboxFiles.spans),
    withinMs: 3_000,
    async query({ traceId }) {
      const spans = linesOf<RecordedSpan>(inboxFiles.spans).filter((span) => span.trace_id === traceId)
      return spans.length === 0 ? undefined : spans
    },
  },
}

/** The server's /metrics, if ops endpoints are on the same port. */
export async function metricsEndpoint(url: URL): Promise<SignalBackends> {
  const where = new URL('/metrics', url).href
  const query = async () => {
    const headers = { accept: 'text/plain' }
    const response = await fetch(where, { headers, signal: AbortSignal.timeout(5_000) })
    const text = await response.text()
    return response.ok && text.includes('# TYPE ') ? parseMetrics(text) : undefined
  }
  const found = await query().catch(() => undefined)
  return found === undefined ? {} : { metrics: { where, withinMs: 2_000, query } }
}

function linesOf<T>(file: string): T[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : JSON.parse(line)))
  } catch {
    // Not created yet, or the last line is incomplete.
    return []
  }
}
