import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { stringify } from 'yaml'
import { promtool } from '../rules/promtool.ts'
import { afterFile } from '../support/cleanup.ts'
import { interpolate } from './support/interpolate.ts'
import { panelQueries, readDashboards } from './support/named-queries.ts'

const variables = { job: 'mcp-server', instance: '.*', __rate_interval: '1m' }

/** One replica for each share of active time, scraped every 15 s. */
const replicasWith = (shares: readonly number[]) =>
  shares.flatMap((share, index) => {
    const labels = `job="mcp-server",instance="${index}"`
    return [
      { series: `up{${labels}}`, values: '1x40' },
      {
        series: `nodejs_eventloop_time_seconds_total{${labels},nodejs_eventloop_state="active"}`,
        values: `0+${share * 15}x40`,
      },
      {
        series: `nodejs_eventloop_time_seconds_total{${labels},nodejs_eventloop_state="idle"}`,
        values: `0+${(1 - share) * 15}x40`,
      },
    ]
  })

describe('the capacity row', () => {
  it('says how many replicas to add, and how busy the busiest is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'capacity-'))
    afterFile(() => rm(folder, { recursive: true, force: true }))
    const queries = (await readDashboards())
      .filter(({ file }) => file === 'runtime.json')
      .flatMap(panelQueries)
    const exprOf = (panel: number) => {
      const query =
        queries.find(({ where }) => where.includes(`: ${panel} `)) ?? assert.fail(`no panel ${panel}`)
      return interpolate(query.expr, variables)
    }
    const cases: [shares: number[], toAdd: number, busiest: number][] = [
      [[0.25], 0, 0.25],
      [[0.5, 0.5, 0.5], 0, 0.5],
      [[1, 0.25], 1, 1],
      // Unbalanced, but enough in all.
      [[1, 0.125, 0.25], 0, 1],
      [[0.75, 0.75, 0.75], 1, 0.75],
      [[1, 1, 1], 2, 1],
    ]
    const tests = cases.map(([shares, toAdd, busiest]) => ({
      interval: '15s',
      input_series: replicasWith(shares),
      promql_expr_test: [
        { expr: exprOf(401), eval_time: '9m', exp_samples: [{ labels: '{}', value: toAdd }] },
        { expr: exprOf(402), eval_time: '9m', exp_samples: [{ labels: '{}', value: busiest }] },
      ],
    }))
    await writeFile(join(folder, 'test.yml'), stringify({ evaluation_interval: '15s', tests }))
    const { passed, output } = await promtool(['test', 'rules', 'test.yml'], folder)
    assert.ok(passed, output)
  })
})
