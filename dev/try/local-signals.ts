import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { RecordedSpan } from '../launcher/otlp-json.ts'
import { inboxFiles } from '../launcher/telemetry-inbox.ts'
import { checkout } from '../lib/paths.ts'
import { parseMetrics } from './metrics.ts'
import type { SignalSource } from './signals.ts'

/** What `npm start` of this checkout keeps, in files. */
export function filesOfInbox(folder: string): SignalSource {
  const files = inboxFiles(folder)
  return {
    logLine: {
      where: relative(checkout, files.log),
      withinMs: 3_000,
      async look({ traceId, requestId }) {
        return linesOf(files.log).find(
          (line) =>
            line.message === 'mcp message' &&
            line['mcp.method.name'] === 'tools/call' &&
            (line.trace_id === traceId || (requestId !== undefined && line.request_id === requestId)),
        )
      },
    },
    trace: {
      where: relative(checkout, files.spans),
      withinMs: 3_000,
      async look({ traceId }) {
        const spans = linesOf(files.spans).filter((span) => span.trace_id === traceId)
        return spans.length === 0 ? undefined : (spans as unknown as RecordedSpan[])
      },
    },
  }
}

/** The server's own /metrics, where the ops endpoints are served on its port. */
export async function ownMetrics(url: URL): Promise<SignalSource> {
  const where = new URL('/metrics', url).href
  const look = async () => {
    const response = await fetch(where, {
      headers: { accept: 'text/plain' },
      signal: AbortSignal.timeout(5_000),
    })
    const text = await response.text()
    return response.ok && text.includes('# TYPE ') ? parseMetrics(text) : undefined
  }
  const found = await look().catch(() => undefined)
  return found === undefined ? {} : { metrics: { where, withinMs: 2_000, look } }
}

function linesOf(file: string): Record<string, unknown>[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : JSON.parse(line)))
  } catch {
    // Not there yet, or a line is being written.
    return []
  }
}
