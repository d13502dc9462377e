import { type MetricDefinition, metricDefinitions } from '../../src/telemetry/metrics/definitions.ts'
import { createLabels } from '../../src/telemetry/metrics/labels.ts'
import type { Scrape } from '../support/scrape.ts'

/** Error codes that load alone may cause. */
const declared = new Set(['unavailable', 'timeout'])

export interface LogWatch {
  readonly onLine: (line: string) => void
  /** Number of lines so far. */
  count(): number
}

/** Checks every line of the log. */
export function watchLog(
  canaries: readonly string[],
  report: (problem: string, line: string) => void,
): LogWatch {
  let count = 0
  return {
    count: () => count,
    onLine(line) {
      count++
      if (canaries.some((canary) => line.includes(canary))) report('secret in the log', line)
      try {
        const entry = JSON.parse(line)
        if (entry.level === 'error' && !declared.has(entry['error.code']))
          report(`logged as error: ${entry.message} ${entry['error.code'] ?? ''}`, line)
        if (entry.timestamp === undefined || entry.message === undefined)
          report('log line without timestamp or message', line)
      } catch {
        report('log line that is not JSON', line)
      }
    },
  }
}

/** More series mean that client input creates some. */
const maxSeries = 6_000

/** @returns unknown metrics and label values, and an excess of series */
export function checkSeries({ samples }: Scrape, tools: readonly string[]): string[] {
  const labels = createLabels({ tools })
  const known: Record<string, (value: string) => boolean> = {
    mcp_method_name: (value) => labels.method(value) === value,
    gen_ai_tool_name: (value) => value === '' || labels.tool(value) === value,
    tool_name: (value) => labels.tool(value) === value,
    mcp_protocol_version: (value) => value === '' || labels.version(value) === value,
    error_type: (value) => value === '' || labels.errorType(value) === value,
    client_name: (value) => labels.client(value) === value,
  }
  const own = samples.filter(({ name }) => name.startsWith('mcp_'))
  const unknown = own.flatMap(({ name, labels }) =>
    Object.entries(labels)
      .filter(([label, value]) => known[label]?.(value) === false || value.length > 60)
      .map(([label, value]) => `series ${name} with ${label}="${value.slice(0, 40)}"`),
  )
  return [
    ...new Set(unknown),
    ...own.filter(({ name }) => !isDefined(name)).map(({ name }) => `undefined metric ${name}`),
    ...(own.length > maxSeries ? [`${own.length} series`] : []),
  ]
}

const definitions: Readonly<Record<string, MetricDefinition>> = metricDefinitions
const isDefined = (name: string): boolean =>
  name in definitions || name.replace(/_(bucket|sum|count)$/, '') in definitions

/** @returns calls and streams that are still open after all clients have disconnected */
export function findLeaks({ sum }: Scrape): string[] {
  return ['mcp_messages_in_flight', 'mcp_streams_open'].flatMap((name) =>
    sum(name) === 0 ? [] : [`${name} is ${sum(name)} after all clients disconnected`],
  )
}
