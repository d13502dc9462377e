import { jobName } from '../../dev/lib/project-name.ts'
import type { Json } from './model.ts'

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not JavaScript's
export const datasource = { type: 'prometheus', uid: '${datasource}' } as const

const datasourceVariable: Json = {
  type: 'datasource',
  name: 'datasource',
  label: 'Data source',
  query: 'prometheus',
  current: { text: 'Prometheus', value: 'prometheus' },
  hide: 0,
  includeAll: false,
  multi: false,
  refresh: 1,
  regex: '',
}

/** Dashboard variable with the values of a label. */
const labelValues = (name: string, label: string, query: string): { [key: string]: Json } => ({
  type: 'query',
  name,
  label,
  datasource,
  definition: query,
  // 5 is the id of a free-form query.
  query: { qryType: 5, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
  hide: 0,
  // 2 refreshes on a change of the time range, because replicas come and go.
  refresh: 2,
  regex: '',
  sort: 1,
})

const all = { current: { text: ['All'], value: ['$__all'] }, includeAll: true, multi: true }
/** Single value: a second job, such as scraped StatsD metrics, would double all numbers. */
const singleValue = { current: { text: jobName, value: jobName }, includeAll: false, multi: false }

/** Variables of every dashboard. */
export const commonVariables: readonly Json[] = [
  datasourceVariable,
  { ...labelValues('job', 'Job', 'label_values(mcp_build_info, job)'), ...singleValue },
  { ...labelValues('instance', 'Replica', 'label_values(up{job=~"$job"}, instance)'), ...all },
  {
    // What Prometheus puts before the names of runbooks in alerts. Hidden, for links only.
    ...labelValues('runbooks', 'Runbooks', 'label_values(ALERTS{alertname="Watchdog"}, runbook_url_prefix)'),
    hide: 2,
    // Grafana takes the first value.
    current: { text: '', value: '' },
    includeAll: false,
    multi: false,
  },
]

export const toolVariable: Json = {
  ...labelValues('tool', 'Tool', 'label_values(mcp_tool_calls_total{job=~"$job"}, tool_name)'),
  ...all,
}

export const dependencyVariable: Json = {
  ...labelValues('dependency', 'Dependency', 'label_values(mcp_dependency_up{job=~"$job"}, dependency)'),
  ...all,
}
