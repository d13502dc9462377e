import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import {
  describeReport,
  exitCodeOf,
  judgeAudit,
  readAllowList,
  readReport,
} from '../../../dev/audit/judge-audit.ts'

/** In the shape that `npm audit --json` writes; packages and advisories are made up. */
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
const allow = (expires: string) =>
  readAllowList(JSON.stringify([{ id: 'GHSA-aaaa-bbbb-cccc', reason: 'never called here', expires }]))

describe('the audit', () => {
  it('is clean when npm knows nothing', () => {
    const verdict = judgeAudit(readReport(clean), [], now)
    assert.equal(exitCodeOf(verdict), 0)
    assert.match(describeReport('all', verdict), /^all: 0 advisories/)
  })

  it('fails for an advisory, told once and by its own package', () => {
    const verdict = judgeAudit(readReport(report), [], now)
    assert.equal(exitCodeOf(verdict), 1)
    const told = describeReport('production', verdict)
    assert.equal(told.split('\n').length, 2)
    assert.match(told, /high lower: Prototype pollution in lower \(GHSA-aaaa-bbbb-cccc, https/)
  })

  it('passes over what is allowed, to the end of the last day', () => {
    for (const expires of ['2026-11-22', '2026-12-31']) {
      const verdict = judgeAudit(readReport(report), allow(expires), now)
      assert.equal(exitCodeOf(verdict), 0)
      assert.match(describeReport('all', verdict), /1 allowed/)
    }
  })

  it('fails for an allowance that has expired, also where nothing is left to allow', () => {
    for (const output of [report, clean]) {
      const verdict = judgeAudit(readReport(output), allow('2026-11-21'), now)
      assert.equal(exitCodeOf(verdict), 1)
      assert.match(describeReport('all', verdict), /GHSA-aaaa-bbbb-cccc expired on 2026-11-21/)
    }
  })

  it('says that nothing was checked when there was no report, and never that it is clean', () => {
    const refused = JSON.stringify({ message: '405 Method Not Allowed', method: 'POST', statusCode: 405 })
    const offline = JSON.stringify({ error: { code: 'ENOTFOUND', summary: 'request failed' } })
    for (const output of [refused, offline, '', '<html>', '[]', 'null', '{"vulnerabilities":{}}']) {
      const verdict = judgeAudit(readReport(output), [], now)
      assert.equal(exitCodeOf(verdict), 3, output)
      assert.match(describeReport('all', verdict), /COULD NOT BE CHECKED: \S/)
      assert.doesNotMatch(describeReport('all', verdict), /0 advisories/)
    }
  })

  it('wants a reason and a day for every allowance', () => {
    const wrong = [
      { id: 'a', reason: 'b' },
      { id: 'a', expires: '2026-12-01' },
      { id: 'a', reason: 'b', expires: 'soon' },
    ]
    for (const entry of wrong) assert.throws(() => readAllowList(JSON.stringify([entry])), /entry 1/)
  })

  it('has an allow-list that can be read', () => {
    readAllowList(readFileSync('.audit-allow.json', 'utf8'))
  })
})

describe('the lockfile', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { integrity?: string; optional?: boolean; resolved?: string }>
  }
  const locked = Object.entries(packages).filter(([path]) => path !== '')

  it('has a hash for every package, but for builds for other platforms', () => {
    for (const [path, { integrity, optional }] of locked)
      assert.ok(integrity !== undefined ? integrity.startsWith('sha512-') : optional, path)
  })

  it('names no registry, and no package may run a script while it is installed', () => {
    for (const [path, { resolved }] of locked) assert.equal(resolved, undefined, path)
    assert.match(readFileSync('.npmrc', 'utf8'), /^ignore-scripts=true$/m)
  })
})
