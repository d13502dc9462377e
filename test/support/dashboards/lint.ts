/** Rules for the generated dashboards: what a reader at 3 a.m. must not misread. */
import { readdirSync, readFileSync } from 'node:fs'

// biome-ignore lint/suspicious/noExplicitAny: files of Grafana have no types here
export type Json = any

export interface DashboardJson {
  readonly file: string
  readonly json: Json
}

export const readDashboardFiles = (folder = 'grafana/dashboards'): DashboardJson[] =>
  readdirSync(folder)
    .sort()
    .map((file) => ({ file, json: JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) }))

/** @returns what is wrong with a panel; undefined if nothing is */
type PanelRule = (panel: Json, json: Json) => string | undefined

const defaultsOf = (panel: Json): Json => panel.fieldConfig?.defaults ?? {}
const expressionsOf = (panel: Json): string[] =>
  panel.targets.flatMap(({ expr }: Json) => (expr === undefined ? [] : [expr]))
const isPrometheus = (panel: Json): boolean => panel.datasource.type === 'prometheus'
const when =
  (type: string, rule: PanelRule): PanelRule =>
  (panel, json) =>
    panel.type === type ? rule(panel, json) : undefined
const failIf = (wrong: boolean, message: string): string | undefined => (wrong ? message : undefined)

const panelRules: Readonly<Record<string, PanelRule>> = {
  'state-words': when('state-timeline', (panel) => {
    const { color, mappings = [] } = defaultsOf(panel)
    const words = mappings.some(({ type }: Json) => type === 'value')
    return failIf(color?.mode === 'thresholds' || !words, 'shows ranges such as "< 1" instead of words')
  }),
  'null-mapping': when('stat', (panel) =>
    failIf(
      !defaultsOf(panel).mappings?.some(
        ({ options }: Json) => options.match === 'null+nan' && options.result.text && options.result.color,
      ),
      'has no text and colour of its own for an empty result',
    ),
  ),
  'unknown-is-not-zero': (panel) =>
    failIf(
      expressionsOf(panel).some((expr) => /\bor vector\(/.test(expr)),
      'shows a number when nobody reports',
    ),
  'known-is-neutral': when('stat', (panel) => {
    const { overrides } = panel.fieldConfig
    const stepsOf = (name: string): Json[] =>
      overrides
        .find(({ matcher }: Json) => matcher.options === name)
        ?.properties.find(({ id }: Json) => id === 'thresholds').value.steps ??
      defaultsOf(panel).thresholds.steps
    return failIf(
      panel.targets.some(
        ({ expr, legendFormat }: Json) =>
          /^count\(up\{[^}]*\}\)$/.test(expr) &&
          stepsOf(legendFormat).some(({ color }: Json) => color === 'green'),
      ),
      'colours a number of targets green, which stays the same when all are dead',
    )
  }),
  legend: when('timeseries', ({ options: { legend }, gridPos, targets }) =>
    failIf(
      legend.displayMode !== 'table' ||
        legend.sortBy !== 'Max' ||
        !legend.sortDesc ||
        String(legend.calcs) !== 'lastNotNull,max' ||
        legend.placement !== (gridPos.w >= 12 ? 'right' : 'bottom') ||
        targets.some(({ legendFormat }: Json) => !legendFormat),
      'needs named series with Last and Max, sorted by Max, at the right if wide',
    ),
  ),
  'no-nan': (panel) =>
    failIf(
      panel.type !== 'heatmap' &&
        expressionsOf(panel).some((expr) => expr.includes('histogram_quantile(') && !expr.includes('>= 0')),
      'shows NaN without observations: append ">= 0" to the quantile',
    ),
  unit: (panel) =>
    failIf(
      isPrometheus(panel) && [undefined, '', 'short'].includes(defaultsOf(panel).unit),
      'has no unit, or one that shortens counts',
    ),
  'requests-are-http': (panel) =>
    failIf(
      defaultsOf(panel).unit === 'reqps' &&
        !expressionsOf(panel).every((expr) =>
          /\b(mcp_requests_rejected_total|(haproxy_frontend_)?http_\w+)\b/.test(expr),
        ),
      'shows messages or calls as requests: the unit reqps is for HTTP requests',
    ),
  min: when('timeseries', (panel) =>
    failIf(defaultsOf(panel).min !== 0, 'has an axis that does not start at 0'),
  ),
  'soft-maximum': when('timeseries', (panel) =>
    failIf(
      defaultsOf(panel).max !== undefined || !(defaultsOf(panel).custom.axisSoftMax > 0),
      'needs a soft maximum: a hard one flattens small values, none draws zeros up to 100',
    ),
  ),
  'rare-events': when('timeseries', (panel) =>
    failIf(
      defaultsOf(panel).color.mode === 'shades' && panel.interval !== '1m',
      'shows rare events as combs: needs a window of a minute',
    ),
  ),
  question: ({ description = '' }) =>
    failIf(!/^[A-Z][^.?]*\?( |$)/.test(description), 'has a description that does not begin with a question'),
  'recorded-burn-rate': (panel) =>
    failIf(
      /burn rate/.test(panel.title) &&
        !expressionsOf(panel).every((expr) => /^job:mcp_tool_\w+:ratio_rate/.test(expr)),
      'computes a burn rate that the rules record',
    ),
  colours: when('timeseries', (panel) => {
    const [, kind] = /^(server|client) errors?\b/i.exec(panel.title) ?? []
    const expected = { server: 'red', client: 'orange' }[kind?.toLowerCase() ?? '']
    return failIf(
      expected !== undefined &&
        panel.title.endsWith('errors') &&
        defaultsOf(panel).color.fixedColor !== expected,
      `should be ${expected}`,
    )
  }),
  links: (panel) =>
    failIf(
      (defaultsOf(panel).links ?? []).some(
        ({ url }: Json) => url.includes('/d/') && !/\?var-\w+=\$.*__url_time_range/.test(url),
      ),
      'links to a dashboard without variable or time range',
    ),
  names: ({ title, description = '' }) =>
    failIf(
      /MCP server|\btheirs?\b|mistake|look-?up|in use$/i.test(title) ||
        /\bours?\b/i.test(`${title} ${description}`),
      `is named "${title}", or says "our": use the names of the field`,
    ),
}

/** @returns one message for each fault of a dashboard */
type DashboardRule = (json: Json) => string[]

const dashboardRules: Readonly<Record<string, DashboardRule>> = {
  'annotation-regions': ({ annotations }) =>
    annotations.list
      .filter(
        ({ target, useValueForTime }: Json) =>
          useValueForTime || !target?.expr || !target.refId || !target.interval,
      )
      .map(({ name }: Json) => `annotation ${name}: is drawn as lines, or only in old versions of Grafana`),
  'no-holes': ({ panels }) => {
    const placed = panels.filter(({ type }: Json) => type !== 'row')
    const starts = new Set<number>(placed.map(({ gridPos }: Json) => gridPos.y))
    return [...starts].flatMap((y) => {
      const line: Json[] = placed.filter(({ gridPos }: Json) => gridPos.y === y)
      const width = line.reduce((sum, { gridPos }) => sum + gridPos.w, 0)
      const even = line.every(({ gridPos }) => gridPos.h === line[0].gridPos.h)
      return width === 24 && even ? [] : [`${line[0].id} ${line[0].title}: is in a line with a hole`]
    })
  },
  refresh: ({ refresh }) => (refresh === '30s' ? [] : [`refreshes every ${refresh}, not 30s`]),
  'dashboard-links': ({ links }) =>
    links
      .filter(({ type, includeVars, keepTime }: Json) => type === 'dashboards' && !(includeVars && keepTime))
      .map(() => 'links to other dashboards without variables or time range'),
  'no-fixed-host': (json) =>
    (JSON.stringify(json).match(/https?:\/\/[^"]+/g) ?? []).map((url) => `links to ${url}`),
  title: ({ title }) => (/MCP server/.test(title) ? ['repeats the name of its folder'] : []),
}

export const ruleNames = [...Object.keys(panelRules), ...Object.keys(dashboardRules)]

/** @returns one line for each fault: file, panel, rule, message */
export function lint({ file, json }: DashboardJson): string[] {
  const panels = json.panels.filter(({ type }: Json) => type !== 'row')
  return [
    ...panels.flatMap((panel: Json) =>
      Object.entries(panelRules).flatMap(([name, rule]) => {
        const message = rule(panel, json)
        return message === undefined ? [] : [`${file}: ${panel.id} ${panel.title}: ${name}: ${message}`]
      }),
    ),
    ...Object.entries(dashboardRules).flatMap(([name, rule]) =>
      rule(json).map((message) => `${file}: ${name}: ${message}`),
    ),
  ]
}
