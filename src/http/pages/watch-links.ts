/** Addresses, as a browser reaches them, of what watches this server. */
export interface WatchUrls {
  readonly grafana: string | undefined
  readonly prometheus: string | undefined
  readonly alertmanager: string | undefined
}

/** Stands in the links below for the id of one call's trace. */
const traceIdPlaceholder = '{trace_id}'

export interface CallLinks {
  readonly trace: string
  readonly log: string
}

/**
 * Where Grafana shows one call. The ids of the data sources are those of grafana/provisioning; the form of the
 * address is that of Explore (https://grafana.com/docs/grafana/latest/explore/).
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
  // The placeholder stays readable, so that it can be replaced.
  const encoded = encodeURIComponent(JSON.stringify(panes)).replaceAll(
    encodeURIComponent(traceIdPlaceholder),
    traceIdPlaceholder,
  )
  return `${grafana}/explore?schemaVersion=1&orgId=1&panes=${encoded}`
}
