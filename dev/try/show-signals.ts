import type { RecordedSpan } from '../launcher/otlp-json.ts'
import { waitFor } from '../lib/wait-for.ts'
import { changesOf, countedCalls, type Series } from './metrics.ts'
import { changeTable, fieldTable, type Printer } from './print.ts'
import type { CallIds, SignalBackends } from './signals.ts'
import { waterfall } from './waterfall.ts'

export interface ShownCall extends CallIds {
  readonly tool: string
  /** Metrics before the call. */
  readonly before: Series | undefined
}

/** Prints log line, metrics and trace of a call, or where to find them if they are not accessible. */
export async function showSignals(
  { logLine, metrics, trace }: SignalBackends,
  call: ShownCall,
  print: Printer,
): Promise<void> {
  await showLogLine(logLine, call, print)
  await showMetrics(metrics, call, print)
  await showTrace(trace, call, print)
}

async function showLogLine(
  backend: SignalBackends['logLine'],
  call: ShownCall,
  print: Printer,
): Promise<void> {
  print.heading('LOG LINE', backend?.where)
  const line = backend && (await poll(backend.withinMs, () => backend.query(call)))
  if (line !== undefined) return print.block(fieldTable(line))
  print.note(backend ? 'Not found in time. Search again:' : 'Not accessible from here. Search the output:')
  print.block([`docker compose logs --no-log-prefix server | grep ${call.requestId ?? call.traceId}`])
}

async function showMetrics(
  backend: SignalBackends['metrics'],
  { before, tool }: ShownCall,
  print: Printer,
): Promise<void> {
  print.heading('METRICS', backend?.where)
  if (backend === undefined || before === undefined)
    return print.note('Not accessible from here: no /metrics at this address, no Grafana (--grafana URL).')
  const changes = await poll(backend.withinMs, async () => {
    const found = changesOf(tool, before, (await backend.query()) ?? new Map())
    return countedCalls(found) > 0 ? found : undefined
  })
  if (changes === undefined) return print.note('No change in time.')
  print.block(changeTable(changes))
  if (countedCalls(changes) > 1) print.note('Includes calls of other clients.')
}

async function showTrace(backend: SignalBackends['trace'], call: ShownCall, print: Printer): Promise<void> {
  print.heading('TRACE', [call.traceId, ...(backend ? [backend.where] : [])].join('  '))
  if (backend === undefined)
    return print.note(
      "Not accessible from here: it is sent to the server's OTEL_EXPORTER_OTLP_ENDPOINT, if set.",
    )
  let spans: readonly RecordedSpan[] | undefined
  await poll(backend.withinMs, async () => {
    spans = (await backend.query(call)) ?? spans
    return spans && isComplete(spans) ? spans : undefined
  })
  if (spans === undefined) print.note('Not found in time; it may not have been sampled.')
  else print.block(waterfall(spans))
}

const poll = <T>(timeoutMs: number, query: () => Promise<T | undefined>): Promise<T | undefined> =>
  waitFor(() => query().catch(() => undefined), { everyMs: 250, timeoutMs })

/** Spans arrive in batches, children first. A trace is complete when only the client's span is missing. */
export function isComplete(spans: readonly RecordedSpan[]): boolean {
  const known = new Set(spans.map(({ span_id }) => span_id))
  const missing = new Set(
    spans.map(({ parent_span_id }) => parent_span_id).filter((id) => id && !known.has(id)),
  )
  return missing.size <= 1 && spans.some(({ name }) => name.startsWith('tools/call '))
}
