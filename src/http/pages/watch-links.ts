/** Replaced by the page's script. */
const traceIdPlaceholder = '{trace_id}'

export interface CallLinks {
  readonly trace: string
  readonly log: string
}

/**
 * Grafana Explore links to one call's trace and log line (https://grafana.com/docs/grafana/latest/explore/), with the
 * data source ids of grafana/provisioning.
 */
export function callLinks(grafana: string): CallLinks {
  return {
    trace: explore(grafana, 'tempo', { queryType: 'traceql', query: traceIdPlaceholder }),
    log: explore(grafana, 'loki', {
      queryType: 'range',
      expr: `{service_name=~".+"} | trace_id="${traceIdPlaceholder}"`,
    }),
  }
}

function explore(grafana: string, source: 'tempo' | 'loki', query: Record<string, string>): string {
  const datasource = { type: source, uid: source }
  const panes = {
    call: {
      datasource: source,
      queries: [{ refId: 'A', datasource, ...query }],
      range: { from: 'now-1h', to: 'now' },
    },
  }
  // The placeholder must stay unencoded, so that the script can replace it.
  const encoded = encodeURIComponent(JSON.stringify(panes)).replaceAll(
    encodeURIComponent(traceIdPlaceholder),
    traceIdPlaceholder,
  )
  return `${grafana}/explore?schemaVersion=1&orgId=1&panes=${encoded}`
}
