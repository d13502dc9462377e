import { type MetricDefinition, metricDefinitions } from '../../src/telemetry/metrics/definitions.ts'
import { createLabels } from '../../src/telemetry/metrics/labels.ts'
import type { Scrape } from '../support/scrape.ts'

/** Failures that may come of load alone, and that callers are told about. */
const declared = new Set(['unavailable', 'timeout'])

export interface LogWatch {
  readonly onLine: (line: string) => void
  /** Lines so far. */
  count(): number
}

/** Looks at every line of the log as it comes. */
export function watchLog(
  canaries: readonly string[],
  report: (problem: string, line: string) => void,
): LogWatch {
  let count = 0
  return {
    count: () => count,
    onLine(line) {
      count++
      if (canaries.some((canary) => line.includes(canary))) report('a secret in the log', line)
      try {
        const entry = JSON.parse(line)
        if (entry.level === 'error' && !declared.has(entry['error.code']))
          report(`logged as error: ${entry.message} ${entry['error.code'] ?? ''}`, line)
        if (entry.timestamp === undefined || entry.message === undefined)
          report('a line that is no record', line)
      } catch {
        report('a line that is no JSON', line)
      }
    },
  }
}

/** More than this would mean that somebody outside has a say in the number of series. */
const maxSeries = 6_000

/** Label values that are not among the known ones, and too many series. */
export function judgeSeries({ samples }: Scrape, tools: readonly string[]): string[] {
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
  const strange = own.flatMap(({ name, labels }) =>
    Object.entries(labels)
      .filter(([label, value]) => known[label]?.(value) === false || value.length > 60)
      .map(([label, value]) => `series ${name} with ${label}="${value.slice(0, 40)}"`),
  )
  return [
    ...new Set(strange),
    ...own.filter(({ name }) => !isDefined(name)).map(({ name }) => `metric ${name} that is not defined`),
    ...(own.length > maxSeries ? [`${own.length} series`] : []),
  ]
}

const definitions: Readonly<Record<string, MetricDefinition>> = metricDefinitions
const isDefined = (name: string): boolean =>
  name in definitions || name.replace(/_(bucket|sum|count)$/, '') in definitions

/** Work and streams that are still there when nobody is. */
export function leftovers({ sum }: Scrape): string[] {
  return ['mcp_requests_in_flight', 'mcp_streams_open'].flatMap((name) =>
    sum(name) === 0 ? [] : [`${name} is ${sum(name)} after everybody has left`],
  )
}
