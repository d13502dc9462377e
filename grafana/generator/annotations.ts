import type { Json } from './model.ts'
import { replicas } from './queries.ts'
import { datasource } from './variables.ts'

const annotation = (changes: { [key: string]: Json }): Json => ({
  datasource,
  enable: true,
  hide: false,
  step: '15s',
  ...changes,
})

export const annotations: readonly Json[] = [
  annotation({
    name: 'Restarts',
    iconColor: 'blue',
    // In milliseconds, which make the value the time of the mark.
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
