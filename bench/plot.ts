import type { Result } from './result.ts'

const barHeight = 18
const rowHeight = 26
const labelWidth = 300
const plotWidth = 560
const margin = 40

/** A bar chart of the CPU time per call, with the range of the rounds. */
export function plot({ measured, node }: Result): string {
  const maxMicros = Math.max(...measured.map(({ cpuMicros }) => cpuMicros.max))
  const x = (micros: number) => labelWidth + (micros / maxMicros) * plotWidth
  const height = margin + measured.length * rowHeight + 10
  const bars = measured.map(({ name, era, ours, cpuMicros: { median, min, max } }, i) => {
    const top = margin + i * rowHeight
    const middle = top + barHeight / 2
    const label = `${name}, ${era === 'modern' ? '2026' : '2025'}`
    return [
      `<text x="${labelWidth - 8}" y="${middle + 4}" text-anchor="end">${label}</text>`,
      `<rect x="${labelWidth}" y="${top}" width="${(x(median) - labelWidth).toFixed(1)}" height="${barHeight}" fill="${ours ? '#2b7a78' : '#9aa5b1'}"/>`,
      `<line x1="${x(min).toFixed(1)}" x2="${x(max).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#222" stroke-width="1.5"/>`,
      `<text x="${(x(max) + 6).toFixed(1)}" y="${middle + 4}">${median.toFixed(0)}</text>`,
    ].join('\n')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${labelWidth + plotWidth + 60}" height="${height}" font-family="sans-serif" font-size="12">
<title>CPU time per call</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="10" y="22" font-size="14">CPU time per call in microseconds, Node ${node.slice(1)}: median and range; shorter is better</text>
${bars.join('\n')}
</svg>
`
}
