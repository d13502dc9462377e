/** Updates the tables of docs/performance.md from results/. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type EndToEnd, endToEndFile, type ImageStart, imageFile, readResults } from './result.ts'
import type { Scale } from './scale-result.ts'
import { median } from './statistics.ts'
import { markdown, runTables, table, titleOf } from './table.ts'

const page = new URL('../docs/performance.md', import.meta.url)
const majors = ['20', '24']

let text = readFileSync(page, 'utf8')
for (const major of majors) {
  const { runs, factors } = readResults(major)
  const run = runs.at(-1)
  if (run) {
    const sideBySide = runs.length > 1 ? `\n\nThe latest ${runs.length} runs. ${runTables(runs)}` : ''
    setSection(`node-${major}`, `${titleOf(run)}.\n\n${table(run, major)}${sideBySide}`)
  }
  const tables = Object.entries(factors).map(
    ([name, { description, rows }]) => `**${name}**: ${description}.\n\n${markdown(rows)}`,
  )
  if (tables.length > 0) setSection(`factors-node-${major}`, tables.join('\n\n'))
  const scale = new URL(`results/scale-node-${major}.json`, import.meta.url)
  if (existsSync(scale))
    setSection(`scale-node-${major}`, scaleTable(JSON.parse(readFileSync(scale, 'utf8'))))
  const endToEnd = endToEndFile(major)
  if (existsSync(endToEnd))
    setSection(`end-to-end-node-${major}`, endToEndTable(JSON.parse(readFileSync(endToEnd, 'utf8'))))
}
if (existsSync(imageFile)) setSection('image', imageSentence(JSON.parse(readFileSync(imageFile, 'utf8'))))
writeFileSync(page, text)

/** Replaces the text between a pair of markers. */
function setSection(name: string, content: string): void {
  const begin = `<!-- begin ${name} -->`
  const end = `<!-- end ${name} -->`
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`docs/performance.md has no markers for ${name}`)
  text = `${before}${begin}\n\n${content}\n\n${end}${after}`
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

function endToEndTable({ description, search, fromClone }: EndToEnd): string {
  const rows = search.map(({ name, connections, callsPerSecond, p50Ms, p99Ms }) => {
    const base = search.find((row) => row.name === 'SDK v2 on Express' && row.connections === connections)
    const ratio = base && base.name !== name ? (callsPerSecond / base.callsPerSecond).toFixed(2) : '–'
    return [name, String(connections), callsPerSecond.toFixed(0), ratio, p50Ms.toFixed(1), p99Ms.toFixed(1)]
  })
  const head = ['server', 'connections', 'calls/s', '× SDK v2', 'p50 ms', 'p99 ms']
  const { installSeconds, startSeconds } = fromClone
  return `${description}.\n\n${markdown([head, ...rows])}\n\nFrom a clone: \`npm ci\` ${installSeconds} s, \`npm start\` ${startSeconds} s until \`/readyz\` responds 200.`
}

function imageSentence({ description, seconds }: ImageStart): string {
  const [fastest, slowest] = [Math.min(...seconds), Math.max(...seconds)]
  return `${description}. ${median(seconds).toFixed(1)} s, the median of ${seconds.length} starts (${fastest.toFixed(1)}–${slowest.toFixed(1)}).`
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1_024)} KiB`
}
