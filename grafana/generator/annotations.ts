import type { Json } from './model.ts'
import { replicas } from './queries.ts'
import { datasource } from './variables.ts'

const interval = '15s'
const build = `mcp_build_info{${replicas}}`

interface Annotation {
  readonly name: string
  readonly colour: string
  readonly expr: string
  readonly title: string
  readonly text: string
  readonly tagKeys?: string
}

/** A region while the query has a result. Older versions of Grafana read the fields outside of `target`. */
const region = ({ name, colour, expr, title, text, tagKeys = '' }: Annotation): Json => ({
  name,
  datasource,
  enable: true,
  hide: false,
  iconColor: colour,
  target: { refId: 'Anno', expr, interval },
  expr,
  step: interval,
  useValueForTime: false,
  titleFormat: title,
  textFormat: text,
  tagKeys,
})

export const annotations: readonly Json[] = [
  region({
    name: 'Restarts',
    colour: 'blue',
    expr: `time() - process_start_time_seconds{${replicas}} < 60`,
    title: 'Started',
    text: '{{instance}}',
  }),
  region({
    name: 'Deployments',
    colour: 'purple',
    // A build that no replica ran a minute ago. After an outage of all replicas, no build of the last day is new.
    expr: `count by (version, commit) (${build}) unless on (version, commit) (${build} offset 1m or last_over_time(${build}[1d] offset 1m) unless on () ${build} offset 1m)`,
    title: 'New build',
    text: '{{version}} {{commit}}',
  }),
  region({
    name: 'Alerts',
    colour: 'red',
    expr: 'ALERTS{alertstate="firing",severity=~"page|warn|ticket"}',
    title: '{{alertname}}',
    text: '{{severity}} {{instance}} {{tool_name}} {{dependency}}',
    tagKeys: 'alertname,severity',
  }),
]
