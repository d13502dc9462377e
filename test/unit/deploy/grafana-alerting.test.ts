import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import type { Rule } from '../../../dev/lib/rule-files.ts'
import { alerts } from '../../support/rules.ts'

interface GrafanaRule {
  readonly uid: string
  readonly title: string
  readonly condition: string
  readonly data: readonly {
    readonly refId: string
    readonly datasourceUid: string
    readonly model: { readonly refId: string; readonly expr?: string; readonly expression?: string }
  }[]
  readonly noDataState: string
  readonly for: string
  readonly keepFiringFor?: string
  readonly labels: Rule['labels']
  readonly annotations: Record<string, string>
}

const { groups } = parse(readFileSync('grafana/provisioning/alerting/rules.yml', 'utf8'))
const converted: GrafanaRule[] = groups.flatMap(({ rules }: { rules: GrafanaRule[] }) => rules)

/** Grafana's templates replaced by those of Prometheus. */
const inPrometheus = (text: string) =>
  text
    .replace(
      /\$\{(RUNBOOK_URL_PREFIX|GRAFANA_URL)\}/g,
      (_, name) => `{{ $externalLabels.${name.toLowerCase()} }}`,
    )
    .replaceAll('$values.query.Value', () => '$value')

/** The label that is for dashboards. */
const withoutPrefix = ({ runbook_url_prefix: _, ...labels }: Rule['labels'] = {}) => labels

describe('the alert rules of Grafana', () => {
  it('equal those of Prometheus, in the same order', () => {
    assert.deepEqual(
      converted.map(({ title, data, for: pending, keepFiringFor, labels, annotations }) => ({
        alert: title.replace(/ 2$/, ''),
        expr: data[0]?.model.expr,
        for: pending,
        keep_firing_for: keepFiringFor,
        labels,
        annotations: Object.fromEntries(
          Object.entries(annotations).map(([name, text]) => [name, inPrometheus(text)]),
        ),
      })),
      alerts.map((rule) => ({
        alert: rule.alert,
        expr: rule.expr,
        for: rule.for ?? '0s',
        keep_firing_for: rule.keep_firing_for,
        labels: withoutPrefix(rule.labels),
        annotations: rule.annotations,
      })),
    )
  })

  it('use only variables that Grafana has', () => {
    for (const { title, annotations } of converted)
      for (const text of Object.values(annotations))
        for (const [variable] of text.matchAll(/\$\{?[\w.]+\}?/g))
          assert.match(
            variable,
            /^\$(labels\.\w+|values\.query\.Value|\{RUNBOOK_URL_PREFIX\}|\{GRAFANA_URL\})$/,
            title,
          )
  })

  it('fire for every series of the expression, and for none if there is none', () => {
    const { datasources } = parse(readFileSync('grafana/provisioning/datasources/datasources.yml', 'utf8'))
    for (const { title, data, condition, noDataState } of converted) {
      const [query, any, firing] = data
      assert.ok(
        datasources.some(({ uid }: { uid: string }) => uid === query?.datasourceUid),
        title,
      )
      assert.equal(any?.model.expression, 'is_number($query) || is_nan($query) || is_inf($query)', title)
      assert.equal(firing?.model.expression, any?.refId, title)
      assert.equal(condition, firing?.refId, title)
      assert.equal(noDataState, 'OK', title)
      for (const { refId, model } of data) assert.equal(model.refId, refId, title)
    }
  })

  it('have ids and titles of their own within the limits of Grafana', () => {
    for (const key of ['uid', 'title'] as const)
      assert.equal(new Set(converted.map((rule) => rule[key])).size, converted.length, key)
    for (const { uid } of converted) assert.match(uid, /^[a-z0-9-]{1,40}$/)
    for (const { interval } of groups) assert.equal(Number.parseInt(interval, 10) % 10, 0)
  })
})
