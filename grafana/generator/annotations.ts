import type { Json } from './model.ts'
import { replicas } from './queries.ts'
import { datasource } from './variables.ts'

const annotation = (overrides: { [key: string]: Json }): Json => ({
  datasource,
  enable: true,
  hide: false,
  step: '15s',
  ...overrides,
})

export const annotations: readonly Json[] = [
  annotation({
    name: 'Restarts',
    iconColor: 'blue',
    // Milliseconds, because Grafana uses the value as the time of the annotation.
    expr: `process_start_time_seconds{${replicas}} * 1000`,
    useValueForTime: true,
    titleFormat: 'Started',
    textFormat: '{{instance}}',
  }),
  annotation({
    name: 'Alerts',
    iconColor: 'red',
    expr: 'ALERTS{alertstate="firing",alertname!="Watchdog"}',
    useValueForTime: false,
    titleFormat: '{{alertname}}',
    textFormat: '{{severity}} {{instance}} {{tool_name}} {{dependency}}',
    tagKeys: 'alertname,severity',
  }),
]
