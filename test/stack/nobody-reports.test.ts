import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { stringify } from 'yaml'
import { promtool } from '../rules/promtool.ts'
import { afterFile } from '../support/cleanup.ts'
import { interpolate } from './support/interpolate.ts'
import { panelQueries, readDashboards } from './support/named-queries.ts'

const target = 'job="mcp-server",instance="a:9464"'
/** A replica that served calls for ten minutes, and then died. */
const series = [
  [`up{${target}}`, '1x40 0x20'],
  [`mcp_dependency_up{${target},dependency="database"}`, '1x40 stale'],
  [`process_start_time_seconds{${target}}`, '1x40 stale'],
  [`nodejs_eventloop_time_seconds_total{${target},nodejs_eventloop_state="active"}`, '0+9x40 stale'],
  [`scrape_samples_post_metric_relabeling{${target}}`, '900x40 stale'],
  [`mcp_tool_calls_total{${target},tool_name="search",status="success"}`, '0+10x40 stale'],
  [`mcp_tool_errors_total{${target},tool_name="search",code="internal"}`, '0x40 stale'],
  [`mcp_tool_latency_seconds_bucket{${target},tool_name="search",le="1"}`, '0+10x40 stale'],
  [`mcp_tool_latency_seconds_bucket{${target},tool_name="search",le="+Inf"}`, '0+10x40 stale'],
  ...['bucket', 'count'].map((suffix) => [
    `mcp_server_operation_duration_seconds_${suffix}{${target},mcp_method_name="tools/call"${suffix === 'bucket' ? ',le="1"' : ''}}`,
    '0+10x40 stale',
  ]),
].map(([name, values]) => ({ series: name, values }))
const variables = {
  job: 'mcp-server',
  instance: '.*',
  dependency: '.*',
  tool: '.*',
  __range: '30m',
  __rate_interval: '1m',
}

it('no tile shows a number while no replica reports, except how many are up', async () => {
  const tiles = (await readDashboards()).flatMap((dashboard) => {
    const stats = dashboard.json.panels.filter(({ type }: { type: string }) => type === 'stat')
    return panelQueries({ ...dashboard, json: { ...dashboard.json, panels: stats } })
  })
  assert.ok(tiles.length > 10)
  // The targets are still known: 0 of 1 is up.
  const expressions = tiles
    .map(({ expr }) => expr)
    .filter((expr) => !/^(sum|count)\(up\{/.test(expr))
    .map((expr) => interpolate(expr, variables))
  const folder = await mkdtemp(join(tmpdir(), 'nobody-reports-'))
  afterFile(() => rm(folder, { recursive: true, force: true }))
  const check = async (time: string) => {
    const tests = expressions.map((expr) => ({ expr, eval_time: time, exp_samples: [] }))
    await writeFile(
      join(folder, 'test.yml'),
      stringify({
        evaluation_interval: '15s',
        tests: [{ interval: '15s', input_series: series, promql_expr_test: tests }],
      }),
    )
    return promtool(['test', 'rules', 'test.yml'], folder)
  }
  const gone = await check('10m30s')
  assert.ok(gone.passed, gone.output)
  const healthy = await check('9m')
  const withResult = healthy.output.match(/\bgot: \{/g) ?? []
  const ofServer = expressions.filter((expr) => !expr.includes('ALERTS'))
  assert.equal(withResult.length, ofServer.length, 'the same queries have results before')
})
