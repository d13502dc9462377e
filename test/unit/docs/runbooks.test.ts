import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { alerts, assertNamesExist, dashboards, runbookOf, runbooks } from '../../support/rules.ts'

describe('runbooks', () => {
  it('name only metrics and labels that exist', () => {
    let queries = 0
    for (const { file, text } of runbooks)
      for (const [, query = ''] of text.matchAll(/```promql\n([\s\S]*?)```/g)) {
        assertNamesExist(query, file)
        queries++
      }
    assert.ok(queries > 30)
  })

  it('filter logs by fields and messages that the server or the gateway writes', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join('src', file), 'utf8'))
      .join('\n')
    const gateway = readFileSync('deploy/gateway/haproxy.cfg', 'utf8')
    for (const { file, text } of runbooks) {
      for (const [, field = ''] of text.matchAll(/\.\["([\w.]+)"\]/g))
        assert.ok(sources.includes(`'${field}'`) || gateway.includes(`"${field}"`), `${file}: ${field}`)
      for (const [, message = ''] of text.matchAll(/\.message == "([^"]+)"/g)) {
        const ofPg = message === 'timeout exceeded when trying to connect'
        assert.ok(ofPg || sources.includes(`'${message}'`), `${file}: ${message}`)
      }
    }
  })

  it('have commands that show errors, mark the build and leave other services alone', () => {
    for (const { file, text } of runbooks) {
      assert.doesNotMatch(text, /curl -s .*%\{http_code\}/, `${file}: -s without -S hides the reason`)
      for (const [command] of text.matchAll(/[^`\n]*docker compose up [^`\n]*\bserver\b[^`\n]*/g)) {
        if (command.includes('--build')) assert.match(command, /COMMIT=/, `${file}: ${command}`)
        // Without the server, its dependencies are what is missing.
        if (!file.includes('target-absent')) assert.match(command, /--no-deps/, `${file}: ${command}`)
      }
    }
  })

  it('name the dashboard of their alert and only panels that exist', () => {
    const titles = new Set(
      dashboards.flatMap((name) =>
        JSON.parse(readFileSync(`grafana/dashboards/${name}.json`, 'utf8')).panels.map(
          ({ title }: { title: string }) => title,
        ),
      ),
    )
    const notPanels = ['Outage', 'Prometheus has lost sight', 'Watchdog last heard']
    for (const { alert = '', annotations } of alerts) {
      const text = runbookOf(alert)
      const dashboard = annotations?.dashboard_url?.replace(
        '{{ $externalLabels.grafana_url }}',
        'http://localhost:3000',
      )
      if (alert !== 'Watchdog') assert.ok(text.includes(dashboard ?? '-'), alert)
      for (const [, title = ''] of text
        .replaceAll(/```[\s\S]*?```/g, '')
        .matchAll(/(?<![*\w])\*([^*]+)\*(?![*\w])/g)) {
        const panel = title.replaceAll(/\s+/g, ' ')
        assert.ok(notPanels.includes(panel) || titles.has(panel), `${alert}: ${panel}`)
      }
    }
  })
})
