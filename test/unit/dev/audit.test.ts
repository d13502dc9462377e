import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { judgeAudit, readAllowList, readReport } from '../../../dev/audit/judge-audit.ts'

/** Output of `npm audit --json` with fictional packages and advisories. */
const report = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {
    lower: {
      name: 'lower',
      severity: 'high',
      isDirect: false,
      via: [
        {
          source: 1_000_001,
          name: 'lower',
          dependency: 'lower',
          title: 'Prototype pollution in lower',
          url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
          severity: 'high',
          cwe: ['CWE-1321'],
          range: '<2.0.0',
        },
      ],
      effects: ['upper'],
      range: '<2.0.0',
      nodes: ['node_modules/lower'],
      fixAvailable: true,
    },
    upper: {
      name: 'upper',
      severity: 'high',
      isDirect: true,
      via: ['lower'],
      effects: [],
      fixAvailable: true,
    },
  },
  metadata: { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 2, critical: 0, total: 2 } },
})
const clean = JSON.stringify({ auditReportVersion: 2, vulnerabilities: {}, metadata: {} })
const now = new Date('2026-11-22T12:00:00Z')
const exempt = (expires: string) =>
  readAllowList(JSON.stringify([{ id: 'GHSA-aaaa-bbbb-cccc', reason: 'never called here', expires }]))

describe('the audit verdict', () => {
  it('is clean when npm reports no advisory', () => {
    const { exitCode, text } = judgeAudit('all', readReport(clean), [], now)
    assert.equal(exitCode, 0)
    assert.match(text, /^all: 0 advisories/)
  })

  it('fails for an advisory, and lists it once under its own package', () => {
    const { exitCode, text } = judgeAudit('production', readReport(report), [], now)
    assert.equal(exitCode, 1)
    assert.equal(text.split('\n').length, 2)
    assert.match(text, /high lower: Prototype pollution in lower \(GHSA-aaaa-bbbb-cccc, https/)
  })

  it('accepts an exempted advisory until the end of the last day', () => {
    for (const expires of ['2026-11-22', '2026-12-31']) {
      const { exitCode, text } = judgeAudit('all', readReport(report), exempt(expires), now)
      assert.equal(exitCode, 0)
      assert.match(text, /1 allowed/)
    }
  })

  it('fails for an expired exemption, even if the advisory is gone', () => {
    for (const output of [report, clean]) {
      const { exitCode, text } = judgeAudit('all', readReport(output), exempt('2026-11-21'), now)
      assert.equal(exitCode, 1)
      assert.match(text, /GHSA-aaaa-bbbb-cccc expired on 2026-11-21/)
    }
  })

  it('exits with 3 and never reports 0 advisories when npm gave no report', () => {
    const refused = JSON.stringify({ message: '405 Method Not Allowed', method: 'POST', statusCode: 405 })
    const offline = JSON.stringify({ error: { code: 'ENOTFOUND', summary: 'request failed' } })
    for (const output of [refused, offline, '', '<html>', '[]', 'null', '{"vulnerabilities":{}}']) {
      const { exitCode, text } = judgeAudit('all', readReport(output), [], now)
      assert.equal(exitCode, 3, output)
      assert.match(text, /COULD NOT BE CHECKED: \S/)
      assert.doesNotMatch(text, /0 advisories/)
    }
  })

  it('requires a reason and a valid date in every exemption', () => {
    const wrong = [
      { id: 'a', reason: 'b' },
      { id: 'a', expires: '2026-12-01' },
      { id: 'a', reason: 'b', expires: 'soon' },
    ]
    for (const entry of wrong) assert.throws(() => readAllowList(JSON.stringify([entry])), /entry 1/)
  })

  it('can read the allow-list of this project', () => {
    readAllowList(readFileSync('.audit-allow.json', 'utf8'))
  })
})

describe('npm', () => {
  it('runs no install scripts', () => {
    assert.match(readFileSync('.npmrc', 'utf8'), /^ignore-scripts=true$/m)
  })
})
