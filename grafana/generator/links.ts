import { kebabCase } from '../../dev/lib/kebab-case.ts'
import { projectName } from '../../dev/lib/project-name.ts'
import type { DrillDown, Json } from './model.ts'

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not JavaScript's
const runbooks = '${runbooks}'

export const runbookLink = (alert: string): Json => ({
  title: `Runbook: ${alert}`,
  url: runbooks + kebabCase(alert),
  targetBlank: true,
})

/** Keeps the time range and the chosen job. */
export const drillDownLink = ({ uid, variable, label }: DrillDown): Json => ({
  title: `Open ${uid} for this ${variable}`,
  url: `/d/${uid}?var-${variable}=\${__field.labels.${label}}&\${job:queryparam}&\${__url_time_range}`,
})

/** A link to an alert in the list of all alerts; the browser scrolls to the name. */
export const alertListLink: Json = {
  title: 'Meaning and runbook',
  url: `${runbooks}alerts#:~:text=\${__value.raw}`,
  targetBlank: true,
}

/** Tag of all dashboards, which the dashboard links select. */
export const tag = projectName

const link = (overrides: { [key: string]: Json }): Json => ({
  type: 'link',
  title: '',
  url: '',
  icon: 'external link',
  tooltip: '',
  tags: [],
  asDropdown: false,
  includeVars: false,
  keepTime: false,
  targetBlank: true,
  ...overrides,
})

export const dashboardLinks: readonly Json[] = [
  link({
    type: 'dashboards',
    title: 'Dashboards',
    tags: [tag],
    includeVars: true,
    keepTime: true,
    targetBlank: false,
  }),
  link({ title: 'What to do when an alert fires', icon: 'doc', url: `${runbooks}alerts` }),
]
