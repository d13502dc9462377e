/** Checks that TraceQL and LogQL name attributes and fields that exist. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Doc } from './doc.ts'
import type { ExternalNames, Problem } from './problem.ts'

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(`src/${file}`, 'utf8'))
  .join('\n')
const names = new Set(
  [...sources.matchAll(/(?:'([\w.]+)'|\b(\w+)):/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
)
for (const [, name = ''] of sources.matchAll(/setAttributes?\(\s*'([\w.]+)'/g)) names.add(name)
const inLoki = new Set([...names].map((name) => name.replaceAll('.', '_')))

const external: ExternalNames = {
  'service.name': 'resource',
  service_name: 'resource, as Loki stores it',
  'db.system.name': 'instrumentation of pg and ioredis',
  error_cause_code: "winston's OTLP transport",
  error_cause_message: "winston's OTLP transport",
}

const isTraceql = (text: string) => /^\s*\{ .*(?:=|>|<)/.test(text)

export function queryProblems({ quotes, blocks }: Doc): Problem[] {
  const traceql = [
    ...quotes.filter(({ text }) => isTraceql(text)),
    ...blocks.filter(({ language }) => language === 'traceql'),
  ].flatMap(({ line, text }) =>
    [...text.matchAll(/\b(?:span|resource)\.([\w.]+\w)/g)]
      .filter(([, name = '']) => !names.has(name) && !external[name])
      .map(([, name]) => ({ line, message: `no span has the attribute ${name}` })),
  )
  const logql = blocks
    .filter(({ language }) => language === 'logql')
    .flatMap(({ line, text }) =>
      [...text.matchAll(/[{|]\s*(\w+)\s*(?:=|!=|>|<)|\{\{\.(\w+)\}\}/g)]
        .map(([, filter, shown]) => filter ?? shown ?? '')
        .filter((name) => !inLoki.has(name) && !external[name])
        .map((name) => ({ line, message: `no log line has the field ${name}` })),
    )
  return [...traceql, ...logql]
}
