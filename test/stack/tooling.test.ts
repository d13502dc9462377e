/** Tests of the helpers of this suite. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { readRuleFiles } from './support/named-queries.ts'
import { namesIn } from './support/promql.ts'
import { shortenWindows } from './support/shorten-windows.ts'

describe('namesIn', () => {
  it('distinguishes metrics from functions, keywords, labels and strings', () => {
    const expression = `
      # not_a_metric
      sum by (job, le) (rate(a_bucket{x="not_this{y}", z!~"n|m"}[5m:30s] offset -1h)) / on (job) group_left (v)
      job:b:sum5m > bool 1e3 or absent(up{job='c'} == 1) unless count(d) without (w)`
    const { selectors, grouping } = namesIn(expression)
    assert.deepEqual(
      selectors.map(({ metric }) => metric),
      ['a_bucket', 'job:b:sum5m', 'up', 'd'],
    )
    assert.deepEqual(selectors[0]?.matchers, [
      { label: 'x', operator: '=', value: 'not_this{y}' },
      { label: 'z', operator: '!~', value: 'n|m' },
    ])
    assert.deepEqual(grouping, ['job', 'le', 'job', 'v', 'w'])
  })

  it('omits labels that the expression creates and finds a metric by __name__', () => {
    const { selectors, grouping } = namesIn(
      'sum by (short) (label_replace({__name__="e", l="1"}, "short", "$1", "instance", "(.*):.*"))',
    )
    assert.deepEqual(selectors, [{ metric: 'e', matchers: [{ label: 'l', operator: '=', value: '1' }] }])
    assert.deepEqual(grouping, [])
  })
})

describe('shortenWindows', () => {
  const rule = `
groups:
  - name: g
    interval: 2m
    rules:
      - alert: A
        expr: |
          rate(m{l="[5m]"}[5m]) > 5 and max_over_time(n[1h:5m] offset 15m) > 0
        for: 2m
        keep_firing_for: 90s
        annotations: { summary: 'for 5m [5m]' }
`

  it('changes only durations', () => {
    const [group] = parse(shortenWindows(rule, 60)).groups
    assert.deepEqual(group, {
      name: 'g',
      rules: [
        {
          alert: 'A',
          expr: 'rate(m{l="[5m]"}[5s]) > 5 and max_over_time(n[60s:5s] offset 15s) > 0\n',
          for: '2s',
          keep_firing_for: '2s',
          annotations: { summary: 'for 5m [5m]' },
        },
      ],
    })
  })

  it('rejects a duration that the map does not contain', () => {
    const hold = { '2m': '3s', '90s': '4s' }
    assert.throws(() => shortenWindows(rule, { range: { '5m': '20s', '1h': '40s' }, hold }), /15m/)
    const range = { '5m': '20s', '1h': '40s', '15m': '1s' }
    assert.match(shortenWindows(rule, { range, hold }), /\[20s\]\) > 5 and .*\[40s:20s\] offset 1s/)
  })

  it('keeps the shipped rules equal except for durations', async () => {
    const withoutDurations = (text: string) =>
      JSON.stringify(parse(text)).replace(/(?<=\[|offset |for":")\d+[smhd]/g, '_')
    for (const { file, text } of await readRuleFiles()) {
      const shortened = shortenWindows(text, 30)
      assert.doesNotMatch(JSON.stringify(parse(shortened)), /\[\d+[mhd]\]/, file)
      assert.equal(
        withoutDurations(shortened),
        withoutDurations(text).replace(/"interval":"\w+",/g, ''),
        file,
      )
    }
  })
})
