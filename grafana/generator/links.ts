import { projectName } from '../../dev/lib/project-name.ts'
import type { Json } from './model.ts'

/** Base URL of the server in compose, which serves the runbooks. */
const documents = 'http://localhost:8080/documents'

/** `HighErrorRate` has the document `runbooks.high-error-rate`. */
export const runbookLink = (alert: string): Json => ({
  title: `Runbook: ${alert}`,
  url: `${documents}/runbooks.${alert.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()}`,
  targetBlank: true,
})

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
  link({ title: 'Observability guide', icon: 'doc', url: `${documents}/guides.observability` }),
  link({ title: 'Alerts', icon: 'bolt', url: 'http://localhost:9093' }),
]
