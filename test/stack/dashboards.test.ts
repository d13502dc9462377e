import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { panelsOf, readDashboards, readRuleFiles, variablesOf } from './support/named-queries.ts'

const dashboards = await readDashboards()
const uids = dashboards.map(({ json }) => json.uid)
const runbooks = (await readdir('docs/runbooks')).map((file) => file.replace(/\.md$/, ''))
const all = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => ({ where: `${dashboard.file}: ${panel.id}`, panel })),
)

describe('each dashboard', () => {
  it('is what its generator makes', async () => {
    await promisify(execFile)(process.execPath, ['--import', 'tsx', 'grafana/generator/main.ts', '--check'])
  })

  it('is of the form that Grafana takes from files, under an address of its own', () => {
    for (const { file, json } of dashboards) {
      assert.equal(json.uid, `mcp-${file.replace('.json', '')}`)
      assert.equal(json.id, null)
      assert.equal(json.schemaVersion, 42)
      assert.equal('__inputs' in json, false)
    }
  })

  it('has panels with ids of their own, none on top of another', () => {
    for (const { file, json } of dashboards) {
      const ids = json.panels.map(({ id }: { id: number }) => id)
      assert.equal(new Set(ids).size, ids.length, file)
      const taken = new Set<string>()
      for (const { id, gridPos } of json.panels) {
        assert.ok(gridPos.x + gridPos.w <= 24, `${file}: ${id}`)
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            assert.ok(!taken.has(`${x},${y}`), `${file}: ${id}`)
            taken.add(`${x},${y}`)
          }
      }
    }
  })

  it('uses only variables that it has', () => {
    const builtIn = ['__rate_interval', '__range', '__all']
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

describe('each panel', () => {
  it('says what it shows, in which unit, and from where on it is bad', () => {
    for (const { where, panel } of all) {
      assert.ok(panel.title.length > 2 && panel.description.length > 20, where)
      assert.ok(panel.fieldConfig.defaults.unit, where)
      assert.equal(panel.fieldConfig.defaults.thresholds.steps[0].value, null, where)
      assert.equal(panel.datasource.uid, '$' + '{datasource}', where)
    }
  })

  it('takes rates over an interval that fits the zoom, but for burn rates', () => {
    for (const { where, panel } of all) {
      if (/burn rate/.test(panel.title)) continue
      for (const { expr } of panel.targets)
        for (const [, range] of expr.matchAll(/\[([^\]]*)\]/g))
          assert.ok(range === '$__rate_interval' || range === '$__range', `${where}: ${range}`)
    }
  })

  it('links to runbooks that exist', () => {
    const links = all.flatMap(({ where, panel }) =>
      panel.links.map(({ url }: { url: string }) => ({ where, url })),
    )
    assert.ok(links.length > 20)
    for (const { where, url } of links) assert.ok(runbooks.includes(url.split('runbooks.')[1] ?? ''), where)
  })
})

describe('each rule', () => {
  it('links to a dashboard and a runbook that exist', async () => {
    for (const { text } of await readRuleFiles()) {
      for (const { rules } of parse(text).groups) {
        for (const { alert, annotations } of rules) {
          if (alert === undefined) continue
          assert.ok(uids.includes(annotations.dashboard_url.split('/d/')[1]), alert)
          assert.ok(runbooks.includes(annotations.runbook_url.split('runbooks.')[1]), alert)
        }
      }
    }
  })
})

describe('the provisioning', () => {
  it('connects data sources that exist, by links that Grafana does not take for its own environment', async () => {
    const text = await readFile('grafana/provisioning/datasources/datasources.yml', 'utf8')
    assert.doesNotMatch(text.replaceAll('$$', ''), /^[^#]*\$/m)
    const { datasources } = parse(text)
    const names = datasources.map(({ uid }: { uid: string }) => uid)
    assert.deepEqual(names, ['prometheus', 'tempo', 'loki'])
    const links = [...text.matchAll(/datasourceUid: (\w+)/g)].map(([, uid]) => uid)
    assert.deepEqual(links, ['tempo', 'loki', 'tempo'])
  })

  it('looks for dashboards where compose puts them, and for the first one that people see', async () => {
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

  it('knows how often Prometheus scrapes', async () => {
    const { datasources } = parse(await readFile('grafana/provisioning/datasources/datasources.yml', 'utf8'))
    const { global } = parse(await readFile('prometheus/prometheus.yml', 'utf8'))
    assert.equal(datasources[0].jsonData.timeInterval, global.scrape_interval)
  })
})
