import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'

/** A query and its location. */
export interface NamedQuery {
  readonly where: string
  readonly expr: string
}

export interface PanelQuery extends NamedQuery {
  readonly instant: boolean
  readonly exemplar: boolean
  /** Labels that the legend or the table shows. */
  readonly shown: readonly string[]
}

export interface Variable {
  readonly name: string
  readonly query: string
  /** The selected value; undefined if all values are selected. */
  readonly chosen: string | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: files of Grafana and Prometheus have no types here
type Json = any

export interface DashboardFile {
  readonly file: string
  readonly json: Json
}

const dashboardDirectory = 'grafana/dashboards'
const ruleDirectory = 'prometheus/rules'

export async function readDashboards(): Promise<DashboardFile[]> {
  const files = (await readdir(dashboardDirectory)).filter((file) => file.endsWith('.json')).sort()
  return Promise.all(
    files.map(async (file) => ({
      file,
      json: JSON.parse(await readFile(join(dashboardDirectory, file), 'utf8')),
    })),
  )
}

export interface RuleFile {
  readonly file: string
  readonly text: string
}

export async function readRuleFiles(): Promise<RuleFile[]> {
  const files = (await readdir(ruleDirectory)).filter((file) => /\.ya?ml$/.test(file)).sort()
  return Promise.all(
    files.map(async (file) => ({ file, text: await readFile(join(ruleDirectory, file), 'utf8') })),
  )
}

export const ruleQueries = ({ file, text }: RuleFile): NamedQuery[] =>
  (parse(text).groups as Json[]).flatMap(({ rules }) =>
    rules.map((rule: Json) => ({
      where: `${file}: ${rule.alert ?? rule.record}`,
      expr: String(rule.expr),
    })),
  )

export const panelsOf = ({ json }: DashboardFile): Json[] =>
  json.panels.filter(({ type }: Json) => type !== 'row')

/** Panels that query Prometheus; the others query Loki and Tempo. */
export const prometheusPanelsOf = (dashboard: DashboardFile): Json[] =>
  panelsOf(dashboard).filter(({ datasource }: Json) => datasource.type === 'prometheus')

export const panelQueries = (dashboard: DashboardFile): PanelQuery[] =>
  prometheusPanelsOf(dashboard).flatMap((panel: Json) =>
    panel.targets.map((target: Json) => ({
      where: `${dashboard.file}: ${panel.id} ${panel.title} ${target.refId}`,
      expr: target.expr,
      instant: target.instant,
      exemplar: target.exemplar,
      shown: [...labelsIn(target.legendFormat), ...columnsOf(panel)],
    })),
  )

export const annotationQueries = ({ file, json }: DashboardFile): NamedQuery[] =>
  json.annotations.list.map(({ name, target }: Json) => ({
    where: `${file}: annotation ${name}`,
    expr: target.expr,
  }))

export const variablesOf = ({ json }: DashboardFile): Variable[] =>
  json.templating.list
    .filter(({ type }: Json) => type === 'query')
    .map(({ name, query, includeAll, current }: Json) => ({
      name,
      query: query.query,
      chosen: includeAll ? undefined : current.value,
    }))

const labelsIn = (legend: string): string[] =>
  [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label]) => label ?? '')

function columnsOf({ transformations = [], targets }: Json): string[] {
  // Alerts have the labels of their rules, so only these columns apply to all.
  if (targets.some(({ expr }: Json) => /label_join[^{]*ALERTS/.test(expr)))
    return ['severity', 'alertstate', 'alertname', 'about']
  return transformations
    .flatMap(({ options }: Json) => Object.keys(options.renameByName))
    .filter((name: string) => name !== 'Value')
}
