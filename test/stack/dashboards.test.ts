import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import {
  panelsOf,
  prometheusPanelsOf,
  readDashboards,
  readRuleFiles,
  variablesOf,
} from './support/named-queries.ts'

const dashboards = await readDashboards()
const uids = dashboards.map(({ json }) => json.uid)
const runbooks = (await readdir('docs/runbooks')).map((file) => file.replace(/\.md$/, ''))
const located = (panels: typeof panelsOf) =>
  dashboards.flatMap((dashboard) =>
    panels(dashboard).map((panel) => ({ where: `${dashboard.file}: ${panel.id}`, panel })),
  )
const allPanels = located(panelsOf)
const prometheusPanels = located(prometheusPanelsOf)

describe('the dashboards', () => {
  it('are up to date with their generator', async () => {
    await promisify(execFile)(process.execPath, ['--import', 'tsx', 'grafana/generator/main.ts', '--check'])
  })

  it('have the format of provisioned dashboards and unique ids', () => {
    for (const { file, json } of dashboards) {
      assert.equal(json.uid, `mcp-${file.replace('.json', '')}`)
      assert.equal(json.id, null)
      assert.equal(json.schemaVersion, 42)
      assert.equal('__inputs' in json, false)
    }
  })

  it('have panels with unique ids that do not overlap', () => {
    for (const { file, json } of dashboards) {
      const ids = json.panels.map(({ id }: { id: number }) => id)
      assert.equal(new Set(ids).size, ids.length, file)
      const occupied = new Set<string>()
      for (const { id, gridPos } of json.panels) {
        assert.ok(gridPos.x + gridPos.w <= 24, `${file}: ${id}`)
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            assert.ok(!occupied.has(`${x},${y}`), `${file}: ${id}`)
            occupied.add(`${x},${y}`)
          }
      }
    }
  })

  it('use only variables that they define', () => {
    const builtIn = ['__rate_interval', '__range', '__all', '__field', '__value', '__url_time_range']
    for (const dashboard of dashboards) {
      const own = ['datasource', ...variablesOf(dashboard).map(({ name }) => name)]
      const used = [...JSON.stringify(dashboard.json).matchAll(/\$\{?(\w+)/g)].map(([, name]) => name ?? '')
      assert.deepEqual(
        used.filter((name) => ![...builtIn, ...own].includes(name)),
        [],
        dashboard.file,
      )
    }
  })
})

describe('the panels', () => {
  it('have title, description, unit, thresholds and data source', () => {
    for (const { where, panel } of allPanels)
      assert.ok(panel.title.length > 2 && panel.description.length > 20, where)
    for (const { where, panel } of prometheusPanels) {
      assert.ok(panel.fieldConfig.defaults.unit, where)
      assert.equal(panel.fieldConfig.defaults.thresholds.steps[0].value, null, where)
      assert.equal(panel.datasource.uid, '$' + '{datasource}', where)
    }
  })

  it('use $__rate_interval or $__range, stats the last minute or $__range, except for burn rates', () => {
    for (const { where, panel } of prometheusPanels) {
      if (/burn rate/.test(panel.title)) continue
      const usual = panel.type === 'stat' ? '1m' : '$__rate_interval'
      for (const { expr } of panel.targets)
        for (const [, range] of expr.matchAll(/\[([^\]]*)\]/g))
          assert.ok(range === usual || range === '$__range', `${where}: ${range}`)
    }
  })

  it('of other data sources use those that are provisioned', async () => {
    const { datasources } = parse(await readFile('grafana/provisioning/datasources/datasources.yml', 'utf8'))
    const others = allPanels.filter(({ panel }) => panel.datasource.type !== 'prometheus')
    assert.ok(others.length >= 2)
    for (const { where, panel } of others)
      assert.ok(
        datasources.some(
          ({ type, uid }: { type: string; uid: string }) =>
            type === panel.datasource.type && uid === panel.datasource.uid,
        ),
        where,
      )
  })

  it('link only to existing runbooks', () => {
    const links = allPanels.flatMap(({ where, panel }) =>
      panel.links.map(({ url }: { url: string }) => ({ where, url })),
    )
    assert.ok(links.length > 20)
    for (const { where, url } of links)
      assert.ok(runbooks.includes(/^\$\{runbooks\}([\w-]+)$/.exec(url)?.[1] ?? ''), where)
  })
})

describe('the alerting rules', () => {
  it('link to an existing dashboard and runbook', async () => {
    for (const { text } of await readRuleFiles()) {
      for (const { rules } of parse(text).groups) {
        for (const { alert, annotations } of rules) {
          if (alert === undefined) continue
          assert.ok(uids.includes(annotations.dashboard_url.split('/d/')[1]), alert)
          assert.ok(runbooks.includes(annotations.runbook_url.split(' }}')[1]), alert)
        }
      }
    }
  })
})

describe('Grafana provisioning', () => {
  it('links the data sources and escapes $ in their queries', async () => {
    const text = await readFile('grafana/provisioning/datasources/datasources.yml', 'utf8')
    assert.doesNotMatch(text.replaceAll('$$', ''), /^[^#]*\$/m)
    const { datasources } = parse(text)
    const names = datasources.map(({ uid }: { uid: string }) => uid)
    assert.deepEqual(names, ['prometheus', 'tempo', 'loki'])
    const links = [...text.matchAll(/datasourceUid: (\w+)/g)].map(([, uid]) => uid)
    assert.deepEqual(links, ['tempo', 'loki', 'tempo'])
  })

  it('loads dashboards and the home dashboard from the folder that compose mounts', async () => {
    const [provider] = parse(
      await readFile('grafana/provisioning/dashboards/dashboards.yml', 'utf8'),
    ).providers
    const { grafana } = parse(await readFile('docker-compose.yml', 'utf8'), { merge: true }).services
    assert.ok(grafana.volumes.includes(`./grafana/dashboards:${provider.options.path}:ro`))
    const home = grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH
    assert.ok(
      dashboards.some(({ file }) => home === `${provider.options.path}/${file}`),
      home,
    )
  })

  it('has the scrape interval of Prometheus', async () => {
    const { datasources } = parse(await readFile('grafana/provisioning/datasources/datasources.yml', 'utf8'))
    const { global } = parse(await readFile('prometheus/prometheus.yml', 'utf8'))
    assert.equal(datasources[0].jsonData.timeInterval, global.scrape_interval)
  })
})
