/** Updates the tables of docs/performance.md from results/. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Result } from './result.ts'
import type { Scale } from './scale-result.ts'
import { markdown, table } from './table.ts'

const page = new URL('../docs/performance.md', import.meta.url)
const results = new URL('results/', import.meta.url)
const majors = ['20', '24']

let text = readFileSync(page, 'utf8')
for (const major of majors) {
  const bench = read<Result>(`node-${major}.json`)
  if (bench) text = withSection(text, `node-${major}`, `${describe(bench)}\n\n${table(bench)}`)
  const scale = read<Scale>(`scale-node-${major}.json`)
  if (scale) text = withSection(text, `scale-node-${major}`, scaleTable(scale))
}
writeFileSync(page, text)

function read<T>(file: string): T | undefined {
  const url = new URL(file, results)
  return existsSync(url) ? (JSON.parse(readFileSync(url, 'utf8')) as T) : undefined
}

/** Replaces the text between a pair of markers. */
function withSection(page: string, name: string, content: string): string {
  const begin = `<!-- begin ${name} -->`
  const end = `<!-- end ${name} -->`
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`docs/performance.md has no markers for ${name}`)
  return `${before}${begin}\n\n${content}\n\n${end}${after}`
}

function describe({ node, cores, rounds, requests, connections }: Result): string {
  return `Node ${node.slice(1)}, ${cores} cores, ${connections} connections, ${rounds} rounds of ${requests} calls.`
}

function scaleTable(scale: Scale): string {
  const { node, connections, tools, cached, gateway, streams, scrape, coldStart } = scale
  const [direct, one, two] = gateway
  const rows = [
    ...connections.map(({ connections: count, cpuMicros }) => [
      `\`echo\`, ${count} connection${count === 1 ? '' : 's'}`,
      `${cpuMicros.median.toFixed(0)} µs of CPU time a call`,
    ]),
    ...tools.map(({ tools: count, cpuMicros }) => [
      `\`tools/list\` of ${count} tools`,
      `${cpuMicros.median.toFixed(0)} µs of CPU time a call`,
    ]),
    [
      'a `search` whose answer is cached',
      `${cached.searchMicros.median.toFixed(0)} µs of CPU time, ${(cached.searchMicros.median / cached.echoMicros.median).toFixed(2)} × \`echo\` in turns with it`,
    ],
    ...gateway.map(({ gateways, replicas, cpuMicros, requestsPerSecond }) => [
      `\`echo\`, ${replicas} replica${replicas === 1 ? '' : 's'} ${gateways === 0 ? 'called directly, in turns' : 'behind the gateway'}`,
      `${cpuMicros.median.toFixed(0)} µs of CPU time a call, ${requestsPerSecond.median.toFixed(0)} calls/s`,
    ]),
    ...(direct && one && two
      ? [
          [
            'one replica behind the gateway, beside directly',
            `${(one.cpuMicros.median / direct.cpuMicros.median).toFixed(2)} × the CPU time a call`,
          ],
          [
            'two replicas behind the gateway, beside one',
            `${(two.cpuMicros.median / one.cpuMicros.median).toFixed(2)} × the CPU time a call, ${(two.requestsPerSecond.median / one.requestsPerSecond.median).toFixed(2)} × the calls/s`,
          ],
        ]
      : []),
    ...streams.map(({ streams: count, heapBytesPerStream, rssBytesPerStream, idleCpuMicrosPerSecond }) => [
      `${count} idle streams`,
      `${kib(heapBytesPerStream)} of heap and ${kib(rssBytesPerStream)} of RSS each, ${(idleCpuMicrosPerSecond / 1_000).toFixed(0)} ms of CPU time a second for all`,
    ]),
    [
      'a scrape of `/metrics`',
      `${scrape.tookMs.median.toFixed(1)} ms, ${scrape.cpuMs.toFixed(1)} ms of CPU time, ${kib(scrape.bytes)}`,
    ],
    ...(['withTraces', 'withoutTraces'] as const).map((variant) => [
      `start to ready, ${variant === 'withTraces' ? 'with' : 'without'} traces`,
      `${coldStart[variant].tookMs.min.toFixed(0)} ms at best, ${coldStart[variant].cpuMs.median.toFixed(0)} ms of CPU time`,
    ]),
  ]
  return markdown([['what', `Node ${node.slice(1)}`], ...rows])
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1_024)} KiB`
}
