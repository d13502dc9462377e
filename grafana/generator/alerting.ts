import { stringify } from 'yaml'
import { kebabCase } from '../../dev/lib/kebab-case.ts'
import { type Rule, readRuleFile, ruleFileNames } from '../../dev/lib/rule-files.ts'

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: Grafana's variables, not JavaScript's
/** Grafana expands `${NAME}` from its environment, and knows neither external labels nor a number in `$value`. */
const inGrafana: Readonly<Record<string, string>> = {
  '{{ $externalLabels.runbook_url_prefix }}': '${RUNBOOK_URL_PREFIX}',
  '{{ $externalLabels.grafana_url }}': '${GRAFANA_URL}',
  $value: '$values.query.Value',
}
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: Grafana's variables, not JavaScript's
const template = (text: string): string =>
  Object.entries(inGrafana).reduce((result, [from, to]) => result.replaceAll(from, () => to), text)

const expression = (refId: string, model: object) => ({
  refId,
  datasourceUid: '__expr__',
  model: { refId, datasource: { type: '__expr__', uid: '__expr__' }, ...model },
})

/** As in Prometheus, every series of the expression is an alert, regardless of its value; no series is good. */
const data = (expr: string) => [
  {
    refId: 'query',
    datasourceUid: 'prometheus',
    relativeTimeRange: { from: 600, to: 0 },
    model: { refId: 'query', expr, instant: true, range: false },
  },
  expression('any', { type: 'math', expression: 'is_number($query) || is_nan($query) || is_inf($query)' }),
  expression('firing', {
    type: 'threshold',
    expression: 'any',
    conditions: [{ evaluator: { type: 'gt', params: [0] } }],
  }),
]

const titles = new Set<string>()
/** Older versions of Grafana want titles that are unique in a folder. */
function uniqueTitle(alert: string): string {
  const title = titles.has(alert) ? `${alert} 2` : alert
  titles.add(title)
  return title
}

function alertRule({
  alert = '',
  expr,
  for: pending = '0s',
  keep_firing_for,
  labels,
  annotations = {},
}: Rule) {
  const title = uniqueTitle(alert)
  // For dashboards, which read it from Prometheus.
  const { runbook_url_prefix: _, ...own } = labels ?? {}
  return {
    uid: `mcp-${kebabCase(title).replace(' ', '-')}`,
    title,
    condition: 'firing',
    data: data(expr),
    noDataState: 'OK',
    execErrState: 'Error',
    missing_series_evals_to_resolve: 1,
    for: pending,
    ...(keep_firing_for && { keepFiringFor: keep_firing_for }),
    labels: own,
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([name, text]) => [name, template(text)]),
    ),
  }
}

const groups = ruleFileNames()
  .flatMap((name) => readRuleFile(name).groups)
  .map(({ name, rules }) => ({ name, rules: rules.filter(({ alert }) => alert !== undefined) }))
  .filter(({ rules }) => rules.length > 0)

/** The alerts of prometheus/rules for Grafana's file provisioning. Recording rules stay with Prometheus. */
export const alerting = `# Made from prometheus/rules by grafana/generator: change them there, then run "npm run generate".
${stringify(
  {
    apiVersion: 1,
    groups: groups.map(({ name, rules }) => ({
      orgId: 1,
      name,
      folder: 'MCP server',
      interval: '30s',
      rules: rules.map(alertRule),
    })),
  },
  { aliasDuplicateObjects: false, lineWidth: 0 },
)}`
