import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { serverVariables } from '../../../src/config/variables.ts'
import { errorTable } from '../../../src/errors.ts'
import { createLogSink } from '../../../src/telemetry/log/log-sink.ts'
import type { Logger } from '../../../src/telemetry/log/logger.ts'
import { type MetricDefinition, metricDefinitions } from '../../../src/telemetry/metrics/definitions.ts'
import { createObserver } from '../../../src/telemetry/observer.ts'
import { rejectionReasons } from '../../../src/telemetry/rejections.ts'
import { arrivedMessage } from '../../support/telemetry-fixtures.ts'

const files = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join('docs', name))
const guides = files
  .filter((file) => file.startsWith('docs/guides/'))
  .map((file) => readFileSync(file, 'utf8'))
const rowsOf = (texts: readonly string[]) =>
  texts
    .join('\n')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
const rows = rowsOf(guides)
const quotedIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, quoted]) => quoted)

const describes = (name: string) => rows.some((row) => quotedIn(row.split('|')[1] ?? '').includes(name))

describe('guides', () => {
  it('describe exactly the defined metrics with their types and labels', () => {
    const described = rows.filter((row) => /^\| `\w+` \| (counter|gauge|histogram) \|/.test(row))
    const names = described.map((row) => quotedIn(row)[0])
    assert.deepEqual(names.sort(), Object.keys(metricDefinitions).sort())
    for (const row of described) {
      const [, name = '', type, labels = ''] = row.split('|').map((cell) => cell.trim())
      const definition: MetricDefinition =
        metricDefinitions[name.replaceAll('`', '') as keyof typeof metricDefinitions]
      assert.equal(type, definition.type, name)
      assert.deepEqual(quotedIn(labels), [...definition.labels], name)
    }
  })

  it('describe every field of a message log line', () => {
    let fields: string[] = []
    const logger = { isLevelEnabled: () => true, log: (line: object) => (fields = Object.keys(line)) }
    const observer = createObserver([createLogSink({ logger: logger as unknown as Logger })])
    observer.end(observer.start(arrivedMessage()))
    assert.ok(fields.length > 15, `${fields}`)
    // The logger adds these.
    for (const field of [...fields, 'timestamp', 'service.name'])
      assert.ok(describes(field), `no guide describes the log field ${field}`)
  })

  it('list every variable of the server with its default', () => {
    const documented = new Map(
      rowsOf([readFileSync('docs/guides/configuration.md', 'utf8')]).flatMap((row) => {
        const [, names = '', value = ''] = row.split('|')
        return quotedIn(names).map((name) => [name, value.trim()] as const)
      }),
    )
    let compared = 0
    for (const [name, variable] of Object.entries(serverVariables)) {
      const value = documented.get(name)
      assert.ok(value !== undefined, `the configuration guide does not list ${name}`)
      const { data } = variable.safeParse(undefined)
      if (!['string', 'number', 'boolean'].includes(typeof data)) continue
      assert.ok(quotedIn(value).includes(String(data)), `${name}: the guide says ${value}, the code ${data}`)
      compared++
    }
    assert.ok(compared > 10, `${compared}`)
  })

  it('name every error code and every rejection reason', () => {
    const text = guides.join('\n')
    for (const name of [...Object.keys(errorTable), ...rejectionReasons])
      assert.ok(text.includes(`\`${name}\``), name)
  })
})
