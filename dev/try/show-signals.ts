import type { RecordedSpan } from '../launcher/otlp-json.ts'
import { changesOf, isCounted, type Series } from './metrics.ts'
import { changeTable, type Printer, table } from './print.ts'
import { type CallIds, type SignalSource, sought } from './signals.ts'
import { waterfall } from './waterfall.ts'

export interface SeenCall extends CallIds {
  readonly tool: string
  /** The metrics before it. */
  readonly before: Series | undefined
}

/** Prints what the signals say of a call, or where they are to be found if they cannot be read from here. */
export async function showSignals(source: SignalSource, call: SeenCall, print: Printer): Promise<void> {
  await showLogLine(source.logLine, call, print)
  await showMetrics(source.metrics, call, print)
  await showTrace(source.trace, call, print)
}

async function showLogLine(place: SignalSource['logLine'], call: SeenCall, print: Printer): Promise<void> {
  print.heading('LOG LINE', place?.where)
  const line = place && (await sought(place.withinMs, () => place.look(call)))
  if (line !== undefined) {
    print.block(table(line))
    return
  }
  print.note(
    place ? 'It was not there in time. Look again:' : 'Not to be read from here. Look where the output goes:',
  )
  print.block([`docker compose logs --no-log-prefix server | grep ${call.requestId ?? call.traceId}`])
}

async function showMetrics(place: SignalSource['metrics'], call: SeenCall, print: Printer): Promise<void> {
  print.heading('METRICS', place?.where)
  const { before, tool } = call
  if (place === undefined || before === undefined) {
    print.note(
      'Not to be read from here: no /metrics at this address, and no Grafana is known (--grafana URL).',
    )
    return
  }
  const changes = await sought(place.withinMs, async () => {
    const found = changesOf(tool, before, (await place.look()) ?? new Map())
    return isCounted(found) ? found : undefined
  })
  if (changes === undefined) {
    print.note('No change was seen in time.')
    return
  }
  print.block(changeTable(changes))
  const calls = changes.filter(({ series }) => series.startsWith('mcp_tool_calls_total{'))
  if (calls.reduce((sum, { before, after }) => sum + after - before, 0) > 1)
    print.note('Others have called it at the same time.')
}

async function showTrace(place: SignalSource['trace'], call: SeenCall, print: Printer): Promise<void> {
  print.heading('TRACE', [call.traceId, place?.where].filter((part) => part !== undefined).join('  '))
  let spans: readonly RecordedSpan[] | undefined
  if (place) {
    await sought(place.withinMs, async () => {
      spans = (await place.look(call)) ?? spans
      return spans && isWhole(spans) ? spans : undefined
    })
  }
  if (spans !== undefined) print.block(waterfall(spans))
  else if (place !== undefined) print.note('It was not there in time; not every backend keeps every trace.')
  else
    print.note(
      "Not to be read from here: it goes where the server's OTEL_EXPORTER_OTLP_ENDPOINT says, if that is set.",
    )
}

/** Spans come in batches, children before what they belong to. All are there when only the span of this client is missing. */
export function isWhole(spans: readonly RecordedSpan[]): boolean {
  const known = new Set(spans.map(({ span_id }) => span_id))
  const missing = new Set(
    spans.map(({ parent_span_id }) => parent_span_id).filter((id) => id && !known.has(id)),
  )
  return missing.size <= 1 && spans.some(({ name }) => name.startsWith('tools/call '))
}
